package io.milena.broker.dataplane;

import io.milena.broker.partition.PartitionTasks;

/**
 * Settings of the data plane.
 *
 * @param brokerId node.id
 * @param fetchMaxBytes fetch.max.bytes of the broker
 * @param fetchSessionSlots max.incremental.fetch.session.cache.slots
 * @param moveThreads num.replica.alter.log.dirs.threads; 0 for one per directory
 * @param intervals of the periodic tasks
 */
public record DataPlaneConfig(
        int brokerId, int fetchMaxBytes, int fetchSessionSlots, int moveThreads, PartitionTasks.Intervals intervals) {
    /** Kafka's defaults. */
    public static DataPlaneConfig defaults(int brokerId) {
        return new DataPlaneConfig(brokerId, 55 * 1024 * 1024, 1000, 0, PartitionTasks.Intervals.DEFAULTS);
    }
}
