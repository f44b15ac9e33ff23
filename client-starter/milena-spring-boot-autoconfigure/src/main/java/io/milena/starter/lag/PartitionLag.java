package io.milena.starter.lag;

import org.jspecify.annotations.Nullable;

/**
 * How far a group is behind in a partition. What could not be learnt is null, never old.
 *
 * @param committedOffset the next offset the group will handle, null if it has committed none
 * @param endOffset the offset the next record will get
 * @param lag records the group has still to handle
 * @param secondsBehind age of the oldest of these records, 0 without any
 * @param problem why something is unknown, null if nothing is
 */
public record PartitionLag(
        String group,
        String topic,
        int partition,
        @Nullable Long committedOffset,
        @Nullable Long endOffset,
        @Nullable Long lag,
        @Nullable Double secondsBehind,
        @Nullable String problem) {

    static PartitionLag unknown(String group, String topic, int partition, String problem) {
        return new PartitionLag(group, topic, partition, null, null, null, null, problem);
    }
}
