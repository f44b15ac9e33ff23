package io.milena.raft.core;

import java.util.List;

/**
 * The quorum as its leader sees it (KIP-595 DescribeQuorum, KIP-836).
 *
 * @param highWatermark -1 until a record of the epoch is committed
 */
public record QuorumDescription(
        int leaderId,
        int epoch,
        long highWatermark,
        List<ReplicaDescription> voters,
        List<ReplicaDescription> observers,
        VoterSet voterSet) {

    /**
     * @param logEndOffset -1 while unknown
     * @param lastFetchMs -1 while unknown; now for the leader itself
     * @param lastCaughtUpMs -1 while unknown; now for the leader itself
     */
    public record ReplicaDescription(ReplicaKey key, long logEndOffset, long lastFetchMs, long lastCaughtUpMs) {}

    static QuorumDescription of(RaftState state, LeaderProgress progress, long nowMs) {
        return new QuorumDescription(
                state.localId(),
                state.epoch(),
                progress.highWatermark(),
                progress.voters().stream()
                        .map(voter -> describe(voter, state.localId(), nowMs))
                        .toList(),
                progress.observers(nowMs).stream()
                        .map(observer -> describe(observer, state.localId(), nowMs))
                        .toList(),
                state.log().voters());
    }

    private static ReplicaDescription describe(ReplicaProgress progress, int localId, long nowMs) {
        boolean self = progress.key().id() == localId;
        return new ReplicaDescription(
                progress.key(),
                progress.endOffset(),
                self ? nowMs : progress.lastFetchMs(),
                self ? nowMs : progress.lastCaughtUpMs());
    }
}
