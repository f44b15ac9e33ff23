package io.milena.testkit.chaos;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** What a consumer group was promised: an offset whose commit was answered, or that was seen committed, never goes back. Thread-safe. */
final class CommittedOffsets {
    private final String group;
    private final Violations violations;
    private final Map<TopicPartition, Long> floor = new HashMap<>();
    private final Map<TopicPartition, BitSet> processed = new HashMap<>();
    private final Map<TopicPartition, BitSet> answered = new HashMap<>();
    private final Map<TopicPartition, BitSet> logged = new HashMap<>();
    private long commits;

    CommittedOffsets(String group, Violations violations) {
        this.group = group;
        this.violations = violations;
    }

    /** A member has worked on a record. */
    synchronized void process(TopicPartition partition, long offset) {
        processed.computeIfAbsent(partition, any -> new BitSet()).set((int) offset);
    }

    /** A member's commit was answered without an error. */
    synchronized void committed(TopicPartition partition, long offset) {
        commits++;
        answered.computeIfAbsent(partition, any -> new BitSet()).set((int) offset);
        floor.merge(partition, offset, Math::max);
    }

    /** The log of committed offsets has a commit of this offset. */
    synchronized void logged(TopicPartition partition, long offset) {
        logged.computeIfAbsent(partition, any -> new BitSet()).set((int) offset);
    }

    /** Below which the committed offset must not be, from now on; 0 if nothing was committed. */
    synchronized long floor(TopicPartition partition) {
        return floor.getOrDefault(partition, 0L);
    }

    /**
     * The committed offset was asked for and this was the answer.
     *
     * @param floorBefore {@link #floor} before the question was asked
     * @param offset null if the answer was that there is none
     */
    synchronized void observed(TopicPartition partition, long floorBefore, @Nullable Long offset, String by) {
        long seen = offset == null ? 0 : offset;
        if (seen < floorBefore) {
            violations.add("Group " + group + ": the committed offset of " + partition + " went back from "
                    + floorBefore + " to " + (offset == null ? "none" : offset) + ", as seen by " + by);
        }
        floor.merge(partition, seen, Math::max);
    }

    /** Whether no member worked on a record below a committed offset, as words. */
    synchronized @Nullable String skipped() {
        for (Map.Entry<TopicPartition, Long> each : floor.entrySet()) {
            int gap = processed.getOrDefault(each.getKey(), new BitSet()).nextClearBit(0);
            if (gap < each.getValue()) {
                return "Group " + group + ": no member got " + each.getKey() + " offset " + gap + ", but "
                        + each.getValue() + " was committed";
            }
        }
        return null;
    }

    /** Whether the log of committed offsets misses a commit that was answered, as words. */
    synchronized @Nullable String lost() {
        for (Map.Entry<TopicPartition, BitSet> each : answered.entrySet()) {
            BitSet missing = (BitSet) each.getValue().clone();
            missing.andNot(logged.getOrDefault(each.getKey(), new BitSet()));
            if (!missing.isEmpty()) {
                return "Group " + group + ": the commits of " + each.getKey() + " at " + missing
                        + " were answered, but the log of committed offsets does not have them";
            }
        }
        return null;
    }

    synchronized long commits() {
        return commits;
    }

    String group() {
        return group;
    }
}
