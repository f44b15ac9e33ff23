package io.milena.raft;

import io.milena.raft.core.LeaderAndEpoch;

/** This node does not lead the metadata quorum in the epoch the caller expected; nothing was appended. */
public final class NotLeaderException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient LeaderAndEpoch leader;

    public NotLeaderException(String message, LeaderAndEpoch leader) {
        super(message);
        this.leader = leader;
    }

    /** The leader this node knew of when it refused. */
    public LeaderAndEpoch leader() {
        return leader;
    }
}
