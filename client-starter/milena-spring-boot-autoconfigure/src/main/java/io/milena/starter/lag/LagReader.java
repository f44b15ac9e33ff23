package io.milena.starter.lag;

import io.milena.starter.broker.BrokerAdmin;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.springframework.kafka.listener.MessageListenerContainer;

/** Asks the broker for committed and end offsets of the application's listeners. */
public final class LagReader {

    private final BrokerAdmin admin;
    private final Supplier<? extends Collection<MessageListenerContainer>> listeners;

    public LagReader(BrokerAdmin admin, Supplier<? extends Collection<MessageListenerContainer>> listeners) {
        this.admin = admin;
        this.listeners = listeners;
    }

    /**
     * The lag now, by group, topic and partition.
     *
     * @throws org.apache.kafka.common.KafkaException if the broker does not answer
     */
    public List<PartitionLag> read() {
        Map<String, Set<String>> topicsByGroup = new TreeMap<>();
        for (MessageListenerContainer container : listeners.get()) {
            String[] topics = container.getContainerProperties().getTopics();
            if (container.getGroupId() != null && topics != null) {
                topicsByGroup
                        .computeIfAbsent(container.getGroupId(), group -> new TreeSet<>())
                        .addAll(List.of(topics));
            }
        }
        if (topicsByGroup.isEmpty()) {
            return List.of();
        }
        Set<String> allTopics =
                topicsByGroup.values().stream().flatMap(Set::stream).collect(Collectors.toSet());
        Map<TopicPartition, Long> starts = new HashMap<>();
        Map<TopicPartition, Long> ends = new HashMap<>();
        offsets(partitions(allTopics), starts, ends);
        List<PartitionLag> lags = new ArrayList<>();
        topicsByGroup.forEach((group, topics) -> lags.addAll(lagsOf(group, topics, starts, ends)));
        return lags;
    }

    private List<PartitionLag> lagsOf(
            String group, Set<String> topics, Map<TopicPartition, Long> starts, Map<TopicPartition, Long> ends) {
        Map<TopicPartition, OffsetAndMetadata> committed =
                admin.await(admin.client().listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
        return ends.keySet().stream()
                .filter(partition -> topics.contains(partition.topic()))
                .sorted(Comparator.comparing(TopicPartition::topic).thenComparing(TopicPartition::partition))
                .map(partition -> {
                    OffsetAndMetadata offset = committed.get(partition);
                    long end = ends.getOrDefault(partition, 0L);
                    long from = offset == null ? starts.getOrDefault(partition, 0L) : offset.offset();
                    return new PartitionLag(
                            group,
                            partition.topic(),
                            partition.partition(),
                            offset == null ? -1 : offset.offset(),
                            end,
                            Math.max(0, end - from));
                })
                .toList();
    }

    private List<TopicPartition> partitions(Set<String> topics) {
        Map<String, TopicDescription> descriptions =
                admin.await(admin.client().describeTopics(topics).allTopicNames());
        return descriptions.values().stream()
                .flatMap(topic -> topic.partitions().stream()
                        .map(partition -> new TopicPartition(topic.name(), partition.partition())))
                .toList();
    }

    private void offsets(
            List<TopicPartition> partitions, Map<TopicPartition, Long> starts, Map<TopicPartition, Long> ends) {
        Map<TopicPartition, ListOffsetsResultInfo> earliest = list(partitions, OffsetSpec.earliest());
        Map<TopicPartition, ListOffsetsResultInfo> latest = list(partitions, OffsetSpec.latest());
        earliest.forEach((partition, info) -> starts.put(partition, info.offset()));
        latest.forEach((partition, info) -> ends.put(partition, info.offset()));
    }

    private Map<TopicPartition, ListOffsetsResultInfo> list(List<TopicPartition> partitions, OffsetSpec spec) {
        Map<TopicPartition, OffsetSpec> query = new HashMap<>();
        partitions.forEach(partition -> query.put(partition, spec));
        return admin.await(admin.client().listOffsets(query).all());
    }
}
