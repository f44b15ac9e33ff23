package io.milena.raft.core;

import java.util.List;
import java.util.Map;

/**
 * Constants of one replica; times in ms, sizes in bytes.
 *
 * @param bootstrapServers where to ask for the leader
 */
public record CoreConfig(
        Self self, List<HostPort> bootstrapServers, Election election, Fetching fetching, Requests requests) {
    /**
     * @param local this replica
     * @param canVote whether it may become a voter at all (controller role)
     * @param listener name of the listener voters are dialled on
     * @param endpoints this replica's own controller listeners
     */
    public record Self(ReplicaKey local, boolean canVote, String listener, Map<String, HostPort> endpoints) {}

    /**
     * @param timeoutMs how long a voter waits for a leader, and a round of votes lasts, at least
     * @param backoffMaxMs longest pause after a lost round
     * @param leaderLossGraceMs after the leader's host refused a connection, how long the first of the voters waits for the leader
     *     before a pre-vote; 0 = until the fetch time-out
     */
    public record Election(int timeoutMs, int backoffMaxMs, int leaderLossGraceMs) {}

    /**
     * @param timeoutMs how long a leader may not answer
     * @param limits of one fetch
     * @param snapshotMaxBytes size of a snapshot's chunk
     */
    public record Fetching(int timeoutMs, Request.Fetch.Limits limits, int snapshotMaxBytes) {}

    public record Requests(int timeoutMs, int retryBackoffMs) {}

    ReplicaKey local() {
        return self.local();
    }

    boolean canVote() {
        return self.canVote();
    }

    String listener() {
        return self.listener();
    }

    Map<String, HostPort> endpoints() {
        return self.endpoints();
    }
}
