package io.milena.coordinator.group.api;

import io.milena.coordinator.runtime.CoordinatorView;
import io.milena.wire.ApiHandler;
import io.milena.wire.Exchange;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopics;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.OffsetFetchRequest;
import org.apache.kafka.common.requests.OffsetFetchResponse;

/**
 * OffsetFetch 1-10: one group up to version 7, several from 8 on (KIP-709), topics by id from 10 on. Inside it is always
 * several groups and names; kafka-clients' builder brings the answer into the old form.
 */
final class OffsetFetchHandler implements ApiHandler<OffsetFetchRequestData> {

    private static final int SEVERAL_GROUPS_FROM = 8;
    private static final int TOPIC_IDS_FROM = 10;

    private final Shards shards;
    private final CoordinatorView view;

    OffsetFetchHandler(Shards shards, CoordinatorView view) {
        this.shards = shards;
        this.view = view;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.OFFSET_FETCH;
    }

    @Override
    public void handle(Exchange<OffsetFetchRequestData> exchange) {
        OffsetFetchRequestData request = exchange.request();
        short version = exchange.version();
        List<OffsetFetchRequestGroup> groups =
                version >= SEVERAL_GROUPS_FROM ? request.groups() : List.of(onlyGroup(request));
        Parts<OffsetFetchResponseGroup> parts = new Parts<>(
                groups.size(),
                answers -> exchange.respond(
                        new OffsetFetchResponse.Builder(answers).build(version).data()));
        for (int i = 0; i < groups.size(); i++) {
            fetch(groups.get(i), request.requireStable(), version, i, parts);
        }
    }

    private static OffsetFetchRequestGroup onlyGroup(OffsetFetchRequestData request) {
        OffsetFetchRequestGroup group = new OffsetFetchRequestGroup().setGroupId(request.groupId());
        if (request.topics() == null) {
            return group.setTopics(null);
        }
        request.topics()
                .forEach(t -> group.topics()
                        .add(new OffsetFetchRequestTopics()
                                .setName(t.name())
                                .setPartitionIndexes(t.partitionIndexes())));
        return group;
    }

    private void fetch(
            OffsetFetchRequestGroup group,
            boolean requireStable,
            short version,
            int index,
            Parts<OffsetFetchResponseGroup> parts) {
        boolean byId = version >= TOPIC_IDS_FROM;
        List<OffsetFetchResponseTopics> unknown = new ArrayList<>();
        OffsetFetchRequestGroup known = byId ? withNames(group, unknown) : group;
        shards.inTurnOf(
                group.groupId(),
                (shard, turn) -> {
                    OffsetFetchResponseGroup answer = shard.fetchOffsets(known, requireStable);
                    if (byId && OffsetFetchRequest.requestAllOffsets(group)) {
                        addIds(answer);
                    }
                    answer.topics().addAll(unknown);
                    parts.put(index, answer);
                },
                // Version 1 has no place for an error but the partitions.
                error -> parts.put(index, OffsetFetchResponse.groupError(group, error, version)));
    }

    /** Finds the names of the ids; what has none is answered with UNKNOWN_TOPIC_ID. */
    private OffsetFetchRequestGroup withNames(OffsetFetchRequestGroup group, List<OffsetFetchResponseTopics> unknown) {
        if (OffsetFetchRequest.requestAllOffsets(group)) {
            return group;
        }
        OffsetFetchRequestGroup named = group.duplicate();
        named.topics().clear();
        for (OffsetFetchRequestTopics topic : group.topics()) {
            String name = view.topicName(topic.topicId());
            if (name == null) {
                unknown.add(unknown(topic));
            } else {
                named.topics().add(topic.duplicate().setName(name));
            }
        }
        return named;
    }

    private static OffsetFetchResponseTopics unknown(OffsetFetchRequestTopics topic) {
        OffsetFetchResponseTopics answer = new OffsetFetchResponseTopics().setTopicId(topic.topicId());
        topic.partitionIndexes()
                .forEach(p -> answer.partitions()
                        .add(new OffsetFetchResponsePartitions()
                                .setPartitionIndex(p)
                                .setCommittedOffset(-1)
                                .setCommittedLeaderEpoch(-1)
                                .setMetadata("")
                                .setErrorCode(Errors.UNKNOWN_TOPIC_ID.code())));
        return answer;
    }

    /** Offsets of topics that are gone have no id to be named by. */
    private void addIds(OffsetFetchResponseGroup answer) {
        answer.topics().removeIf(topic -> view.topicId(topic.name()) == null);
        for (OffsetFetchResponseTopics topic : answer.topics()) {
            Uuid id = view.topicId(topic.name());
            topic.setTopicId(id == null ? Uuid.ZERO_UUID : id);
        }
    }
}
