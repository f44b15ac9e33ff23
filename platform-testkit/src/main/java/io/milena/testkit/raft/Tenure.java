package io.milena.testkit.raft;

import io.milena.raft.RaftNode;
import io.milena.raft.core.ReplicaKey;
import io.milena.raft.core.VoterSet;
import io.milena.testkit.sim.Violation;

/**
 * Watches how long one process leads: a leader gives every set of voters a whole fetch time-out to fetch from it, before it resigns for want of
 * a majority.
 */
final class Tenure {
    private static final long FETCH_TIMEOUT_MS = 2_000;

    private final ReplicaKey self;
    private int epoch = -1;
    private VoterSet voters = VoterSet.EMPTY;
    private long votersSinceMs;

    Tenure(ReplicaKey self) {
        this.self = self;
    }

    /** @param nowMs on the process's own clock */
    void look(RaftNode node, long nowMs) {
        int now = node.leaderAndEpoch().epoch();
        if (node.roleName().equals("Leader")) {
            if (now != epoch || !node.voters().equals(voters)) {
                epoch = now;
                voters = node.voters();
                votersSinceMs = nowMs;
            }
        } else if (now == epoch) {
            Violation.unless(
                    nowMs - votersSinceMs >= FETCH_TIMEOUT_MS
                            || !voters.contains(self)
                            || !node.voters().contains(self),
                    "host %d resigns %d ms after its voters became %s",
                    self.id(),
                    nowMs - votersSinceMs,
                    voters.ids());
            epoch = -1;
        } else {
            epoch = -1;
        }
    }
}
