package io.milena.coordinator.group.api;

import io.milena.coordinator.runtime.CoordinatorView;
import io.milena.wire.ApiHandler;
import io.milena.wire.Exchange;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponsePartition;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** OffsetCommit 2-10; from version 10 on topics are named by id. Partitions that do not exist are refused here. */
final class OffsetCommitHandler implements ApiHandler<OffsetCommitRequestData> {

    private static final int TOPIC_IDS_FROM = 10;

    private final Shards shards;
    private final CoordinatorView view;

    OffsetCommitHandler(Shards shards, CoordinatorView view) {
        this.shards = shards;
        this.view = view;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.OFFSET_COMMIT;
    }

    @Override
    public void handle(Exchange<OffsetCommitRequestData> exchange) {
        OffsetCommitRequestData request = exchange.request();
        OffsetCommitResponseData refused = new OffsetCommitResponseData();
        OffsetCommitRequestData accepted = accept(request, exchange.version() >= TOPIC_IDS_FROM, refused);
        shards.inTurnOf(
                request.groupId(),
                (shard, turn) -> shard.commitOffsets(
                        turn, accepted, exchange.version(), response -> exchange.respond(merge(response, refused))),
                error -> exchange.respond(refuseAll(request, error)));
    }

    /** The part of the request that names existing partitions; the rest is answered in {@code refused}. */
    private OffsetCommitRequestData accept(
            OffsetCommitRequestData request, boolean byId, OffsetCommitResponseData refused) {
        OffsetCommitRequestData accepted = request.duplicate();
        accepted.topics().clear();
        for (OffsetCommitRequestTopic topic : request.topics()) {
            String name = byId ? view.topicName(topic.topicId()) : topic.name();
            int partitions = name == null ? 0 : view.partitionCount(name);
            Errors unknown = byId && name == null ? Errors.UNKNOWN_TOPIC_ID : Errors.UNKNOWN_TOPIC_OR_PARTITION;
            OffsetCommitRequestTopic good = new OffsetCommitRequestTopic()
                    .setName(name == null ? "" : name)
                    .setTopicId(topic.topicId());
            OffsetCommitResponseTopic bad = answerTo(topic);
            for (OffsetCommitRequestPartition p : topic.partitions()) {
                if (p.partitionIndex() >= 0 && p.partitionIndex() < partitions) {
                    good.partitions().add(p);
                } else {
                    bad.partitions().add(answerTo(p, unknown));
                }
            }
            if (!good.partitions().isEmpty()) {
                accepted.topics().add(good);
            }
            if (!bad.partitions().isEmpty() || partitions == 0) {
                refused.topics().add(bad);
            }
        }
        return accepted;
    }

    private static OffsetCommitResponseData merge(OffsetCommitResponseData response, OffsetCommitResponseData refused) {
        for (OffsetCommitResponseTopic bad : refused.topics()) {
            OffsetCommitResponseTopic same = find(response, bad);
            if (same == null) {
                response.topics().add(bad);
            } else {
                same.partitions().addAll(bad.partitions());
            }
        }
        return response;
    }

    private static @Nullable OffsetCommitResponseTopic find(
            OffsetCommitResponseData response, OffsetCommitResponseTopic wanted) {
        for (OffsetCommitResponseTopic topic : response.topics()) {
            boolean sameName =
                    topic.name().equals(wanted.name()) || wanted.name().isEmpty();
            if (sameName && topic.topicId().equals(wanted.topicId())) {
                return topic;
            }
        }
        return null;
    }

    private static OffsetCommitResponseData refuseAll(OffsetCommitRequestData request, Errors error) {
        OffsetCommitResponseData response = new OffsetCommitResponseData();
        for (OffsetCommitRequestTopic topic : request.topics()) {
            OffsetCommitResponseTopic answer = answerTo(topic);
            topic.partitions().forEach(p -> answer.partitions().add(answerTo(p, error)));
            response.topics().add(answer);
        }
        return response;
    }

    private static OffsetCommitResponseTopic answerTo(OffsetCommitRequestTopic topic) {
        return new OffsetCommitResponseTopic().setName(topic.name()).setTopicId(topic.topicId());
    }

    private static OffsetCommitResponsePartition answerTo(OffsetCommitRequestPartition partition, Errors error) {
        return new OffsetCommitResponsePartition()
                .setPartitionIndex(partition.partitionIndex())
                .setErrorCode(error.code());
    }
}
