package io.milena.broker.replication.core;

import io.milena.broker.replication.core.PartitionRole.Leading;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Who joins and who leaves the in-sync replicas. Pure. */
final class IsrRules {
    private static final long UNKNOWN_EPOCH = -1;

    private IsrRules() {}

    /**
     * The in-sync replicas with {@code replicaId} in addition, if it has caught up: to the high watermark, and past the start
     * of this leader epoch, since before that the high watermark may be behind what was acknowledged.
     */
    static @Nullable List<Integer> withJoined(Leading leading, int replicaId, long epochStart, ReplicaView view) {
        FollowerProgress follower = leading.followers().get(replicaId);
        if (follower == null || leading.proposed() != null || leading.isr().contains(replicaId)) {
            return null;
        }
        long end = follower.logEndOffset();
        if (end < view.highWatermark() || end < epochStart || !view.mayJoin(replicaId, follower.brokerEpoch())) {
            return null;
        }
        List<Integer> isr = new ArrayList<>(leading.isr());
        isr.add(replicaId);
        return List.copyOf(isr);
    }

    /** The in-sync replicas without those that have not had everything for replica.lag.time.max.ms; null if all keep up. */
    static @Nullable List<Integer> withoutLaggards(Leading leading, ReplicaView view, long nowMs) {
        if (leading.proposed() != null || leading.isr().size() < 2) {
            return null;
        }
        List<Integer> isr = new ArrayList<>(leading.isr());
        isr.removeIf(id -> {
            FollowerProgress follower = leading.followers().get(id);
            return follower != null
                    && follower.logEndOffset() != view.logEndOffset()
                    && nowMs - follower.lastCaughtUpMs() > view.lagTimeMaxMs();
        });
        return isr.size() == leading.isr().size() ? null : List.copyOf(isr);
    }

    static IsrProposal proposal(Leading leading, List<Integer> isr) {
        Map<Integer, Long> epochs = new HashMap<>();
        for (int id : isr) {
            FollowerProgress follower = leading.followers().get(id);
            epochs.put(id, follower == null ? UNKNOWN_EPOCH : follower.brokerEpoch());
        }
        return new IsrProposal(leading.leaderEpoch(), leading.partitionEpoch(), isr, Map.copyOf(epochs));
    }
}
