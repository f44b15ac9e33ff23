package io.milena.controller.core;

import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/** A set of partitions, by topic; iteration follows the order in which topics came in. One bit per partition. */
final class PartitionSet {
    private final Map<TopicState, BitSet> members = new LinkedHashMap<>();
    private int size;

    void add(TopicState topic, int partition) {
        BitSet bits = members.computeIfAbsent(topic, each -> new BitSet());
        if (!bits.get(partition)) {
            bits.set(partition);
            size++;
        }
    }

    void remove(TopicState topic, int partition) {
        BitSet bits = members.get(topic);
        if (bits == null || !bits.get(partition)) {
            return;
        }
        bits.clear(partition);
        size--;
        if (bits.isEmpty()) {
            members.remove(topic);
        }
    }

    void set(TopicState topic, int partition, boolean member) {
        if (member) {
            add(topic, partition);
        } else {
            remove(topic, partition);
        }
    }

    boolean contains(TopicState topic, int partition) {
        BitSet bits = members.get(topic);
        return bits != null && bits.get(partition);
    }

    int size() {
        return size;
    }

    void forEach(BiConsumer<TopicState, Integer> action) {
        members.forEach((topic, bits) -> {
            for (int p = bits.nextSetBit(0); p >= 0; p = bits.nextSetBit(p + 1)) {
                action.accept(topic, p);
            }
        });
    }
}
