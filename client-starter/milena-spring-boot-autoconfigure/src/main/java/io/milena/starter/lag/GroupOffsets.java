package io.milena.starter.lag;

import io.milena.starter.broker.BrokerAdmin;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * What the broker says at one moment: first and last offset of each partition and what each group has committed. A partition without a
 * leader or a group without a coordinator is a problem of its own and leaves the others known.
 */
final class GroupOffsets {

    private final Map<String, List<TopicPartition>> partitions = new HashMap<>();
    private final Map<TopicPartition, Long> starts = new HashMap<>();
    private final Map<TopicPartition, Long> ends = new HashMap<>();
    private final Map<String, Map<TopicPartition, OffsetAndMetadata>> committed = new HashMap<>();
    private final Map<Object, KafkaException> problems = new HashMap<>();

    private GroupOffsets() {}

    /** Asks; returns after little more than one time-out at the latest. */
    static GroupOffsets ask(BrokerAdmin admin, Map<String, Set<String>> topicsByGroup) {
        GroupOffsets answer = new GroupOffsets();
        Map<String, ListConsumerGroupOffsetsSpec> groups = new HashMap<>();
        Set<String> topics = new TreeSet<>();
        topicsByGroup.forEach((group, ofGroup) -> {
            groups.put(group, new ListConsumerGroupOffsetsSpec());
            topics.addAll(ofGroup);
        });
        var offsets = admin.client().listConsumerGroupOffsets(groups);
        answer.askPartitions(admin, topics);
        groups.keySet().forEach(group -> {
            try {
                answer.committed.put(group, admin.await(offsets.partitionsToOffsetAndMetadata(group)));
            } catch (KafkaException e) {
                answer.problems.put(group, e);
            }
        });
        return answer;
    }

    private void askPartitions(BrokerAdmin admin, Set<String> topics) {
        Map<String, KafkaFuture<TopicDescription>> descriptions =
                admin.client().describeTopics(topics).topicNameValues();
        List<TopicPartition> all = new ArrayList<>();
        descriptions.forEach((topic, description) -> {
            try {
                List<TopicPartition> ofTopic = admin.await(description).partitions().stream()
                        .map(partition -> new TopicPartition(topic, partition.partition()))
                        .toList();
                partitions.put(topic, ofTopic);
                all.addAll(ofTopic);
            } catch (KafkaException e) {
                problems.put(topic, e);
            }
        });
        if (all.isEmpty()) {
            return;
        }
        ListOffsetsResult earliest = list(admin, all, OffsetSpec.earliest());
        ListOffsetsResult latest = list(admin, all, OffsetSpec.latest());
        for (TopicPartition partition : all) {
            try {
                starts.put(
                        partition,
                        admin.await(earliest.partitionResult(partition)).offset());
                ends.put(
                        partition,
                        admin.await(latest.partitionResult(partition)).offset());
            } catch (KafkaException e) {
                problems.put(partition, e);
            }
        }
    }

    private static ListOffsetsResult list(BrokerAdmin admin, List<TopicPartition> partitions, OffsetSpec spec) {
        Map<TopicPartition, OffsetSpec> query = new HashMap<>();
        partitions.forEach(partition -> query.put(partition, spec));
        return admin.client().listOffsets(query, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED));
    }

    /** The partitions of a topic, none if they are unknown. */
    List<TopicPartition> partitions(String topic) {
        return partitions.getOrDefault(topic, List.of());
    }

    /** What keeps a group's position in a partition from being known, in the order of what is asked first; null if nothing does. */
    @Nullable
    KafkaException problem(String group, TopicPartition partition) {
        for (Object about : new Object[] {partition.topic(), group, partition}) {
            KafkaException problem = problems.get(about);
            if (problem != null) {
                return problem;
            }
        }
        return null;
    }

    /** Null if the group has committed none. */
    @Nullable
    Long committed(String group, TopicPartition partition) {
        OffsetAndMetadata offset = committed.getOrDefault(group, Map.of()).get(partition);
        return offset == null ? null : offset.offset();
    }

    long start(TopicPartition partition) {
        return starts.getOrDefault(partition, 0L);
    }

    long end(TopicPartition partition) {
        return ends.getOrDefault(partition, 0L);
    }
}
