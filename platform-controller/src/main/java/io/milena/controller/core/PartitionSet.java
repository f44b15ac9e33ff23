package io.milena.controller.core;

import java.util.BitSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A set of partitions, by topic; iteration follows the order in which topics came in. One bit per partition. */
final class PartitionSet {
    private final Map<TopicState, BitSet> members = new LinkedHashMap<>();
    private int size;
    /** Where the last one was added: partitions of a topic come in a row. */
    private @Nullable TopicState latest;

    private @Nullable BitSet latestBits;

    void add(TopicState topic, int partition) {
        BitSet bits = bitsOf(topic);
        if (!bits.get(partition)) {
            bits.set(partition);
            size++;
        }
    }

    @SuppressWarnings("ReferenceEquality")
    private BitSet bitsOf(TopicState topic) {
        BitSet bits = latestBits;
        if (bits == null || latest != topic) {
            bits = members.computeIfAbsent(topic, each -> new BitSet());
            latest = topic;
            latestBits = bits;
        }
        return bits;
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
            latest = null;
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

    /** The same members, which later changes of this set leave alone. */
    PartitionSet copy() {
        PartitionSet copy = new PartitionSet();
        members.forEach((topic, bits) -> copy.members.put(topic, (BitSet) bits.clone()));
        copy.size = size;
        return copy;
    }

    record Member(TopicState topic, int partition) {}

    /** The members, topic by topic; the set must not change meanwhile. */
    Iterator<Member> iterator() {
        return new Members(members.entrySet().iterator());
    }

    private static final class Members implements Iterator<Member> {
        private final Iterator<Map.Entry<TopicState, BitSet>> topics;
        private Map.@Nullable Entry<TopicState, BitSet> current;
        private int partition = -1;

        Members(Iterator<Map.Entry<TopicState, BitSet>> topics) {
            this.topics = topics;
        }

        @Override
        public boolean hasNext() {
            return topics.hasNext() || current != null && current.getValue().nextSetBit(partition + 1) >= 0;
        }

        @Override
        public Member next() {
            Map.Entry<TopicState, BitSet> topic = current;
            int next = topic == null ? -1 : topic.getValue().nextSetBit(partition + 1);
            if (topic == null || next < 0) {
                topic = topics.next();
                next = topic.getValue().nextSetBit(0);
            }
            current = topic;
            partition = next;
            return new Member(topic.getKey(), next);
        }
    }

    void forEach(BiConsumer<TopicState, Integer> action) {
        members.forEach((topic, bits) -> {
            for (int p = bits.nextSetBit(0); p >= 0; p = bits.nextSetBit(p + 1)) {
                action.accept(topic, p);
            }
        });
    }
}
