package io.milena.broker.fetch;

import io.milena.broker.partition.PartitionWatcher;

/**
 * For which moves of a partition a parked fetch is worth looking at again.
 *
 * @param promptHighWatermark whether followers are told of a new high watermark at once and not with the next records, as
 *     consumers may be reading from them (KIP-392); costs up to a fetch for each append
 */
record FetchInterest(boolean promptHighWatermark) {
    int of(boolean fromFollower) {
        if (!fromFollower || promptHighWatermark) {
            return PartitionWatcher.CHANGED
                    | PartitionWatcher.COMMITTED
                    | (fromFollower ? PartitionWatcher.APPENDED : 0);
        }
        return PartitionWatcher.CHANGED | PartitionWatcher.APPENDED;
    }
}
