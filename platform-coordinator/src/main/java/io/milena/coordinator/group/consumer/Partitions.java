package io.milena.coordinator.group.consumer;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.apache.kafka.common.Uuid;

/** A set of partitions by topic id, in order; never holds an empty topic. Not changed after it was handed out. */
final class Partitions {

    static final Partitions NONE = new Partitions();

    private final TreeMap<Uuid, TreeSet<Integer>> byTopic = new TreeMap<>();

    void add(Uuid topicId, int partition) {
        byTopic.computeIfAbsent(topicId, t -> new TreeSet<>()).add(partition);
    }

    void addAll(Partitions other) {
        other.forEach(this::add);
    }

    boolean contains(Uuid topicId, int partition) {
        Set<Integer> partitions = byTopic.get(topicId);
        return partitions != null && partitions.contains(partition);
    }

    boolean isEmpty() {
        return byTopic.isEmpty();
    }

    int size() {
        return byTopic.values().stream().mapToInt(Set::size).sum();
    }

    void forEach(BiConsumer<Uuid, Integer> action) {
        byTopic.forEach((topicId, partitions) -> partitions.forEach(p -> action.accept(topicId, p)));
    }

    Map<Uuid, TreeSet<Integer>> byTopic() {
        return byTopic;
    }

    boolean isSubsetOf(Partitions other) {
        return byTopic.entrySet().stream()
                .allMatch(e -> other.byTopic.containsKey(e.getKey())
                        && other.byTopic.get(e.getKey()).containsAll(e.getValue()));
    }

    boolean intersects(Partitions other) {
        boolean[] found = new boolean[1];
        forEach((topicId, partition) -> found[0] |= other.contains(topicId, partition));
        return found[0];
    }

    Partitions intersect(Partitions other) {
        Partitions both = new Partitions();
        forEach((topicId, partition) -> {
            if (other.contains(topicId, partition)) {
                both.add(topicId, partition);
            }
        });
        return both;
    }

    Partitions minus(Partitions other) {
        Partitions rest = new Partitions();
        forEach((topicId, partition) -> {
            if (!other.contains(topicId, partition)) {
                rest.add(topicId, partition);
            }
        });
        return rest;
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
