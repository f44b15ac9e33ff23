package io.milena.controller.core;

import io.milena.records.metadata.ClearElrRecord;
import io.milena.records.metadata.PartitionChangeRecord;
import io.milena.records.metadata.PartitionRecord;
import io.milena.records.metadata.RemoveTopicRecord;
import io.milena.records.metadata.TopicRecord;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * All topics and partitions, with the indexes that keep decisions off full scans: partitions by hosting broker, leaders by
 * broker, partitions without leader, without their preferred leader, and in reassignment.
 */
public final class Topics {
    private final Map<String, TopicState> byName = new LinkedHashMap<>();
    private final Map<Uuid, TopicState> byId = new HashMap<>();
    private final Map<String, Set<String>> byCollidingName = new HashMap<>();
    private final Map<Integer, PartitionSet> byReplica = new HashMap<>();
    private final Map<Integer, Integer> leaderCounts = new HashMap<>();
    private final PartitionSet leaderless = new PartitionSet();
    private final PartitionSet imbalanced = new PartitionSet();
    private final PartitionSet reassigning = new PartitionSet();
    private int partitionCount;

    public @Nullable TopicState byName(String name) {
        return byName.get(name);
    }

    public @Nullable TopicState byId(Uuid id) {
        return byId.get(id);
    }

    public Collection<TopicState> all() {
        return byName.values();
    }

    public int partitionCount() {
        return partitionCount;
    }

    public int leaderlessCount() {
        return leaderless.size();
    }

    public int imbalancedCount() {
        return imbalanced.size();
    }

    /** Partitions that have a replica on a broker, in the ISR or not. */
    PartitionSet on(int broker) {
        return byReplica.getOrDefault(broker, new PartitionSet());
    }

    public int leaderCount(int broker) {
        return leaderCounts.getOrDefault(broker, 0);
    }

    PartitionSet leaderless() {
        return leaderless;
    }

    PartitionSet imbalanced() {
        return imbalanced;
    }

    PartitionSet reassigning() {
        return reassigning;
    }

    /** An existing topic whose name differs in '.' and '_' only: their metric names would collide. */
    @Nullable
    String colliding(String name) {
        for (String other : byCollidingName.getOrDefault(unified(name), Set.of())) {
            if (!other.equals(name)) {
                return other;
            }
        }
        return null;
    }

    static String unified(String name) {
        return name.replace('.', '_');
    }

    void replay(TopicRecord record) {
        if (byName.containsKey(record.name()) || byId.containsKey(record.topicId())) {
            throw new IllegalStateException(
                    "Found duplicate TopicRecord for " + record.name() + " with topic ID " + record.topicId());
        }
        TopicState topic = new TopicState(record.name(), record.topicId());
        byName.put(record.name(), topic);
        byId.put(record.topicId(), topic);
        byCollidingName
                .computeIfAbsent(unified(record.name()), each -> new HashSet<>(2))
                .add(record.name());
    }

    void replay(PartitionRecord record) {
        TopicState topic = require(record.topicId());
        put(topic, record.partitionId(), PartitionState.of(record));
    }

    void replay(PartitionChangeRecord record) {
        TopicState topic = require(record.topicId());
        PartitionState before = topic.existing(record.partitionId());
        put(topic, record.partitionId(), before.after(record));
    }

    void replay(RemoveTopicRecord record) {
        TopicState topic = require(record.topicId());
        byId.remove(topic.id());
        byName.remove(topic.name());
        Set<String> names = byCollidingName.getOrDefault(unified(topic.name()), new HashSet<>());
        names.remove(topic.name());
        if (names.isEmpty()) {
            byCollidingName.remove(unified(topic.name()));
        }
        for (int p = 0; p < topic.partitionCount(); p++) {
            forget(topic, p, topic.existing(p));
            partitionCount--;
        }
    }

    void replay(ClearElrRecord record) {
        if (record.topicName().isEmpty()) {
            byName.values().forEach(this::clearElr);
            return;
        }
        TopicState topic = byName.get(record.topicName());
        if (topic == null) {
            throw new IllegalStateException(
                    "Unable to find a topic named " + record.topicName() + " in order to clear its ELRs.");
        }
        clearElr(topic);
    }

    private void clearElr(TopicState topic) {
        for (int p = 0; p < topic.partitionCount(); p++) {
            PartitionState partition = topic.existing(p);
            if (partition.elr().length > 0 || partition.lastKnownElr().length > 0) {
                topic.put(p, partition.withoutElr());
            }
        }
    }

    private TopicState require(Uuid id) {
        TopicState topic = byId.get(id);
        if (topic == null) {
            throw new IllegalStateException("A metadata record names topic id " + id + ", but no such topic exists");
        }
        return topic;
    }

    private void put(TopicState topic, int number, PartitionState after) {
        PartitionState before = topic.partition(number);
        if (before == null) {
            partitionCount++;
        } else {
            forget(topic, number, before);
        }
        topic.put(number, after);
        for (int broker : after.replicas()) {
            byReplica.computeIfAbsent(broker, each -> new PartitionSet()).add(topic, number);
        }
        if (after.leader() >= 0) {
            leaderCounts.merge(after.leader(), 1, Integer::sum);
        } else {
            leaderless.add(topic, number);
        }
        imbalanced.set(topic, number, !after.hasPreferredLeader());
        reassigning.set(topic, number, after.isReassigning());
    }

    private void forget(TopicState topic, int number, PartitionState before) {
        for (int broker : before.replicas()) {
            PartitionSet hosted = byReplica.get(broker);
            if (hosted != null) {
                hosted.remove(topic, number);
            }
        }
        if (before.leader() >= 0) {
            leaderCounts.merge(before.leader(), -1, Integer::sum);
        } else {
            leaderless.remove(topic, number);
        }
        imbalanced.remove(topic, number);
        reassigning.remove(topic, number);
    }
}
