package io.milena.broker.partition;

import java.util.HashMap;
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
            implements PartitionRole {

        /** The role after {@code before}: progress of the followers is kept within a leader epoch. */
        static Leading after(PartitionRole before, ReplicaAssignment assignment, int self) {
            Map<Integer, FollowerProgress> known =
                    before instanceof Leading leading && leading.leaderEpoch == assignment.leaderEpoch()
                            ? leading.followers
                            : Map.of();
            Map<Integer, FollowerProgress> followers = new HashMap<>();
            for (int replica : assignment.replicas()) {
                if (replica != self) {
                    FollowerProgress progress = known.get(replica);
                    followers.put(replica, progress != null ? progress : new FollowerProgress());
                }
            }
            return new Leading(
                    assignment.leaderEpoch(),
                    assignment.partitionEpoch(),
                    assignment.replicas(),
                    assignment.isr(),
                    followers.isEmpty() ? Map.of() : followers);
        }

        /** Whether a replica is missing from the in-sync replicas. */
        boolean isUnderReplicated() {
            return isr.size() < replicas.size();
        }

        /** Whether the in-sync replicas are fewer than asked for; never more are asked for than there are replicas. */
        boolean isUnder(int minInSyncReplicas) {
            return isr.size() < Math.min(minInSyncReplicas, replicas.size());
        }

        /** The smallest log end offset of the in-sync replicas; -1 if one has not fetched yet in this leader epoch. */
        long inSyncEnd(long ownLogEndOffset) {
            if (isr.size() < 2) {
                return ownLogEndOffset;
            }
            long end = ownLogEndOffset;
            for (int replica : isr) {
                FollowerProgress follower = followers.get(replica);
                if (follower != null) {
                    end = Math.min(end, follower.logEndOffset());
                }
            }
            return end;
        }

        /** The smallest log start offset of all replicas; -1 if one has not fetched yet in this leader epoch. */
        long lowWatermark(long ownLogStartOffset) {
            long low = ownLogStartOffset;
            for (FollowerProgress follower : followers.values()) {
                low = Math.min(low, follower.logStartOffset());
            }
            return low;
        }
    }

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
