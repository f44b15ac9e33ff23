package io.milena.coordinator.group.core;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopics;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** OffsetFetch of one group; only what is committed in the log is ever shown. */
final class OffsetFetches {

    private static final long NO_OFFSET = -1L;
    private static final Comparator<TopicPartition> BY_TOPIC =
            Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition);

    private final OffsetStore offsets;
    private final ModernGroups modern;

    OffsetFetches(OffsetStore offsets, ModernGroups modern) {
        this.modern = modern;
        this.offsets = offsets;
    }

    /** @param requireStable offsets that an open transaction may still change are UNSTABLE_OFFSET_COMMIT (KIP-447) */
    OffsetFetchResponseGroup fetch(OffsetFetchRequestGroup request, boolean requireStable) {
        OffsetFetchResponseGroup response = new OffsetFetchResponseGroup().setGroupId(request.groupId());
        Errors refused = modern.validateFetch(request.groupId(), request.memberId(), request.memberEpoch());
        if (refused != Errors.NONE) {
            return response.setErrorCode(refused.code());
        }
        List<OffsetFetchRequestTopics> topics = request.topics();
        if (topics == null) {
            fetchAll(request.groupId(), requireStable, response);
            return response;
        }
        for (OffsetFetchRequestTopics topic : topics) {
            OffsetFetchResponseTopics answer =
                    new OffsetFetchResponseTopics().setName(topic.name()).setTopicId(topic.topicId());
            response.topics().add(answer);
            for (int index : topic.partitionIndexes()) {
                TopicPartition partition = new TopicPartition(topic.name(), index);
                answer.partitions().add(answer(request.groupId(), partition, topic.topicId(), requireStable));
            }
        }
        return response;
    }

    private void fetchAll(String groupId, boolean requireStable, OffsetFetchResponseGroup response) {
        Map<String, OffsetFetchResponseTopics> byTopic = new LinkedHashMap<>();
        List<TopicPartition> partitions =
                new ArrayList<>(offsets.ofGroup(groupId).keySet());
        partitions.sort(BY_TOPIC);
        for (TopicPartition partition : partitions) {
            byTopic.computeIfAbsent(partition.topic(), name -> new OffsetFetchResponseTopics().setName(name))
                    .partitions()
                    .add(answer(groupId, partition, Uuid.ZERO_UUID, requireStable));
        }
        response.topics().addAll(byTopic.values());
    }

    private OffsetFetchResponsePartitions answer(
            String groupId, TopicPartition partition, Uuid topicId, boolean requireStable) {
        OffsetFetchResponsePartitions answer = new OffsetFetchResponsePartitions()
                .setPartitionIndex(partition.partition())
                .setCommittedOffset(NO_OFFSET)
                .setCommittedLeaderEpoch(-1)
                .setMetadata("");
        if (requireStable && offsets.isPending(groupId, partition)) {
            return answer.setErrorCode(Errors.UNSTABLE_OFFSET_COMMIT.code());
        }
        @Nullable CommittedOffset committed = offsets.get(groupId, partition);
        if (committed == null || committed.isOfAnotherTopicThan(topicId)) {
            return answer;
        }
        return answer.setCommittedOffset(committed.offset())
                .setCommittedLeaderEpoch(committed.leaderEpoch())
                .setMetadata(committed.metadata());
    }
}
