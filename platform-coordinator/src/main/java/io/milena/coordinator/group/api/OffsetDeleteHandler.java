package io.milena.coordinator.group.api;

import io.milena.coordinator.runtime.CoordinatorView;
import io.milena.wire.ApiHandler;
import io.milena.wire.Exchange;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestPartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopicCollection;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponsePartition;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponsePartitionCollection;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponseTopic;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponseTopicCollection;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** OffsetDelete 0 (KIP-496). */
final class OffsetDeleteHandler implements ApiHandler<OffsetDeleteRequestData> {

    private final Shards shards;
    private final CoordinatorView view;

    OffsetDeleteHandler(Shards shards, CoordinatorView view) {
        this.shards = shards;
        this.view = view;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.OFFSET_DELETE;
    }

    @Override
    public void handle(Exchange<OffsetDeleteRequestData> exchange) {
        OffsetDeleteRequestData request = exchange.request();
        if (request.groupId().isEmpty()) {
            exchange.respond(new OffsetDeleteResponseData().setErrorCode(Errors.INVALID_GROUP_ID.code()));
            return;
        }
        int asked = request.topics().size();
        OffsetDeleteResponseData refused =
                new OffsetDeleteResponseData().setTopics(new OffsetDeleteResponseTopicCollection(asked + 1));
        OffsetDeleteRequestTopicCollection topics = new OffsetDeleteRequestTopicCollection(asked + 1);
        for (OffsetDeleteRequestTopic topic : request.topics()) {
            accept(topic, topics, refused);
        }
        OffsetDeleteRequestData accepted =
                new OffsetDeleteRequestData().setGroupId(request.groupId()).setTopics(topics);
        shards.inTurnOf(
                request.groupId(),
                (shard, turn) ->
                        shard.deleteOffsets(turn, accepted, response -> exchange.respond(merge(response, refused))),
                error -> exchange.respond(new OffsetDeleteResponseData().setErrorCode(error.code())));
    }

    private void accept(
            OffsetDeleteRequestTopic topic,
            OffsetDeleteRequestTopicCollection accepted,
            OffsetDeleteResponseData refused) {
        int partitions = view.partitionCount(topic.name());
        OffsetDeleteRequestTopic good = new OffsetDeleteRequestTopic().setName(topic.name());
        OffsetDeleteResponseTopic bad = new OffsetDeleteResponseTopic()
                .setName(topic.name())
                .setPartitions(new OffsetDeleteResponsePartitionCollection(
                        topic.partitions().size() + 1));
        for (OffsetDeleteRequestPartition p : topic.partitions()) {
            if (p.partitionIndex() >= 0 && p.partitionIndex() < partitions) {
                good.partitions().add(p);
            } else {
                bad.partitions()
                        .add(new OffsetDeleteResponsePartition()
                                .setPartitionIndex(p.partitionIndex())
                                .setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code()));
            }
        }
        if (!good.partitions().isEmpty()) {
            accepted.add(good);
        }
        if (!bad.partitions().isEmpty()) {
            refused.topics().add(bad);
        }
    }

    private static OffsetDeleteResponseData merge(OffsetDeleteResponseData response, OffsetDeleteResponseData refused) {
        if (response.errorCode() != Errors.NONE.code()) {
            return response;
        }
        for (OffsetDeleteResponseTopic bad : refused.topics()) {
            @Nullable OffsetDeleteResponseTopic same = response.topics().find(bad.name());
            if (same == null) {
                response.topics().add(bad.duplicate());
            } else {
                bad.partitions().forEach(p -> same.partitions().add(p.duplicate()));
            }
        }
        return response;
    }
}
