package io.milena.starter.lag;

/**
 * How far a group is behind in a partition.
 *
 * @param committedOffset the next offset the group will handle, -1 if it has committed none
 * @param endOffset the offset the next record will get
 * @param lag records the group has still to handle
 */
public record PartitionLag(String group, String topic, int partition, long committedOffset, long endOffset, long lag) {}
