package io.milena.coordinator.group.consumer;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * A set of partitions by topic id, in order, each with the epoch in which it was assigned (0 where that means nothing); never
 * holds an empty topic. Not changed after it was handed out.
 */
final class Partitions {

    static final Partitions NONE = new Partitions();

    private final TreeMap<Uuid, TreeMap<Integer, Integer>> byTopic = new TreeMap<>();

    /** What to do with one partition. */
    @FunctionalInterface
    interface Each {
        void accept(Uuid topicId, int partition, int epoch);
    }

    void add(Uuid topicId, int partition) {
        add(topicId, partition, 0);
    }

    void add(Uuid topicId, int partition, int epoch) {
        byTopic.computeIfAbsent(topicId, t -> new TreeMap<>()).put(partition, epoch);
    }

    void addAll(Partitions other) {
        other.forEachWithEpoch(this::add);
    }

    /** The same partitions, all assigned in this epoch. */
    Partitions withEpochs(int epoch) {
        Partitions same = new Partitions();
        forEach((topicId, partition) -> same.add(topicId, partition, epoch));
        return same;
    }

    boolean contains(Uuid topicId, int partition) {
        return epochOf(topicId, partition) != null;
    }

    /** The epoch in which it was assigned, or null if it is not here. */
    @Nullable
    Integer epochOf(Uuid topicId, int partition) {
        Map<Integer, Integer> partitions = byTopic.get(topicId);
        return partitions == null ? null : partitions.get(partition);
    }

    boolean isEmpty() {
        return byTopic.isEmpty();
    }

    int size() {
        return byTopic.values().stream().mapToInt(Map::size).sum();
    }

    void forEach(BiConsumer<Uuid, Integer> action) {
        byTopic.forEach((topicId, partitions) -> partitions.keySet().forEach(p -> action.accept(topicId, p)));
    }

    void forEachWithEpoch(Each action) {
        byTopic.forEach((topicId, partitions) -> partitions.forEach((p, epoch) -> action.accept(topicId, p, epoch)));
    }

    /** By topic, the partitions with their epochs. */
    Map<Uuid, TreeMap<Integer, Integer>> byTopic() {
        return byTopic;
    }

    boolean isSubsetOf(Partitions other) {
        return byTopic.entrySet().stream()
                .allMatch(e -> other.byTopic.containsKey(e.getKey())
                        && other.byTopic
                                .get(e.getKey())
                                .keySet()
                                .containsAll(e.getValue().keySet()));
    }

    boolean intersects(Partitions other) {
        boolean[] found = new boolean[1];
        forEach((topicId, partition) -> found[0] |= other.contains(topicId, partition));
        return found[0];
    }

    Partitions intersect(Partitions other) {
        Partitions both = new Partitions();
        forEachWithEpoch((topicId, partition, epoch) -> {
            if (other.contains(topicId, partition)) {
                both.add(topicId, partition, epoch);
            }
        });
        return both;
    }

    Partitions minus(Partitions other) {
        Partitions rest = new Partitions();
        forEachWithEpoch((topicId, partition, epoch) -> {
            if (!other.contains(topicId, partition)) {
                rest.add(topicId, partition, epoch);
            }
        });
        return rest;
    }

    /** Those of these topics. */
    Partitions ofTopics(Set<Uuid> topicIds) {
        Partitions some = new Partitions();
        forEachWithEpoch((topicId, partition, epoch) -> {
            if (topicIds.contains(topicId)) {
                some.add(topicId, partition, epoch);
            }
        });
        return some;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Partitions that && byTopic.equals(that.byTopic);
    }

    @Override
    public int hashCode() {
        return byTopic.hashCode();
    }

    @Override
    public String toString() {
        return byTopic.toString();
    }
}
