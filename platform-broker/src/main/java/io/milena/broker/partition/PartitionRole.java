package io.milena.broker.partition;

import java.util.List;
import java.util.Map;

/**
 * What this broker is to a partition. A partition exchanges its role as a whole, under its lock, whenever the metadata image
 * moves; readers take whichever they see.
 *
 * <pre>
 *   (created) ──► Leading ◄──► Following ──► Gone
 *                    └───────────────────────► Gone
 * </pre>
 */
public sealed interface PartitionRole {
    /** The leader epoch of the image this role was taken from; rises with each election. */
    int leaderEpoch();

    /**
     * This broker leads.
     *
     * @param leaderEpoch leader epoch
     * @param partitionEpoch version of the partition's registration, which AlterPartition names
     * @param replicas ids of all replicas, this broker included
     * @param isr ids of the in-sync replicas as the controller has committed them
     * @param followers progress of every other replica; guarded by the partition's lock
     */
    record Leading(
            int leaderEpoch,
            int partitionEpoch,
            List<Integer> replicas,
            List<Integer> isr,
            Map<Integer, FollowerProgress> followers)
            implements PartitionRole {}

    /**
     * Another broker leads, or nobody.
     *
     * @param leaderEpoch leader epoch
     * @param leaderId the leader, -1 if there is none
     */
    record Following(int leaderEpoch, int leaderId) implements PartitionRole {}

    /** The partition was deleted or moved to other brokers: whoever still holds the object must look it up again. */
    record Gone(int leaderEpoch) implements PartitionRole {}
}
