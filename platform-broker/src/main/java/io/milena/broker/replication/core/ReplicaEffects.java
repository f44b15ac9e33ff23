package io.milena.broker.replication.core;

import org.jspecify.annotations.Nullable;

/**
 * What is to be done after an event, in this order.
 *
 * @param taken whether the event meant anything to the replica in its present role
 * @param highWatermark to be set in the log, -1 to leave it
 * @param wake tell whoever waits for the partition to move that more than the high watermark did
 * @param proposal to be taken to the controller, null for none
 */
public record ReplicaEffects(
        boolean taken,
        long highWatermark,
        boolean wake,
        @Nullable IsrProposal proposal) {
    static final ReplicaEffects IGNORED = new ReplicaEffects(false, -1, false, null);

    static ReplicaEffects moved(long highWatermark) {
        return new ReplicaEffects(true, highWatermark, true, null);
    }
}
