package io.milena.raft.core;

import java.util.OptionalInt;

/**
 * Who leads the metadata quorum, as far as a node knows.
 *
 * @param leaderId node id of the leader, empty while an election runs
 * @param epoch the highest epoch the node has seen; never falls
 */
public record LeaderAndEpoch(OptionalInt leaderId, int epoch) {
    public static final LeaderAndEpoch UNKNOWN = new LeaderAndEpoch(OptionalInt.empty(), 0);

    public boolean isLeader(int nodeId) {
        return leaderId.isPresent() && leaderId.getAsInt() == nodeId;
    }
}
