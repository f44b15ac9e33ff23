package io.milena.broker.replication.core;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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
     * @param proposed the in-sync replicas this leader has asked the controller for and has no answer about, null if none
     * @param followers progress of every other replica; guarded by the partition's lock
     */
    record Leading(
            int leaderEpoch,
            int partitionEpoch,
            List<Integer> replicas,
            List<Integer> isr,
            @Nullable List<Integer> proposed,
            Map<Integer, FollowerProgress> followers)
            implements PartitionRole {

        /**
         * The role after {@code before}: progress of the followers is kept within a leader epoch, a proposal until the
         * registration changes. A replica in sync is given the benefit of the doubt from {@code nowMs} on.
         */
        static Leading after(PartitionRole before, ReplicaAssignment assignment, int self, long nowMs) {
            Leading same = before instanceof Leading leading && leading.leaderEpoch == assignment.leaderEpoch()
                    ? leading
                    : null;
            Map<Integer, FollowerProgress> known = same == null ? Map.of() : same.followers;
            List<Integer> undecided =
                    same != null && same.partitionEpoch == assignment.partitionEpoch() ? same.proposed : null;
            Map<Integer, FollowerProgress> followers = new HashMap<>();
            for (int replica : assignment.replicas()) {
                if (replica != self) {
                    FollowerProgress progress = known.get(replica);
                    boolean inSync = assignment.isr().contains(replica);
                    followers.put(replica, progress != null ? progress : new FollowerProgress(inSync ? nowMs : 0));
                }
            }
            return new Leading(
                    assignment.leaderEpoch(),
                    assignment.partitionEpoch(),
                    assignment.replicas(),
                    assignment.isr(),
                    undecided,
                    followers.isEmpty() ? Map.of() : followers);
        }

        /** The same with another open proposal, or none. */
        Leading proposing(@Nullable List<Integer> wanted) {
            return new Leading(leaderEpoch, partitionEpoch, replicas, isr, wanted, followers);
        }

        /** What the controller has decided. */
        Leading decided(List<Integer> newIsr, int newPartitionEpoch) {
            return new Leading(leaderEpoch, newPartitionEpoch, replicas, newIsr, null, followers);
        }

        /** Whether a replica counts as in sync, or will if the open proposal is accepted. */
        public boolean mayBeInSync(int replica) {
            return isr.contains(replica) || proposed != null && proposed.contains(replica);
        }

        /** Whether a replica is missing from the in-sync replicas. */
        public boolean isUnderReplicated() {
            return isr.size() < replicas.size();
        }

        /** Whether the in-sync replicas are fewer than asked for; never more are asked for than there are replicas. */
        public boolean isUnder(int minInSyncReplicas) {
            return isr.size() < Math.min(minInSyncReplicas, replicas.size());
        }

        /**
         * The smallest log end offset of the in-sync replicas, those of an open proposal included: the controller may have
         * accepted it already. Also waits for a follower that keeps up and may join, for else it would never get there
         * under load. -1 if a replica in sync has not fetched yet in this leader epoch.
         */
        long inSyncEnd(long ownLogEndOffset, ReplicaView view, long nowMs) {
            long end = ownLogEndOffset;
            for (Map.Entry<Integer, FollowerProgress> entry : followers.entrySet()) {
                FollowerProgress follower = entry.getValue();
                if (mayBeInSync(entry.getKey())
                        || follower.keepsUp(nowMs, view.lagTimeMaxMs())
                                && view.mayJoin(entry.getKey(), follower.brokerEpoch())) {
                    end = Math.min(end, follower.logEndOffset());
                }
            }
            return end;
        }

        /**
         * The smallest log start offset of all replicas on brokers that live; -1 if one of those has not fetched yet in this
         * leader epoch. The dead follow when they come back.
         */
        public long lowWatermark(long ownLogStartOffset, ReplicaView view) {
            long low = ownLogStartOffset;
            for (Map.Entry<Integer, FollowerProgress> entry : followers.entrySet()) {
                if (view.isAlive(entry.getKey())) {
                    low = Math.min(low, entry.getValue().logStartOffset());
                }
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
