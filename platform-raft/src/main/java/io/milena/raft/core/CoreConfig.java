package io.milena.raft.core;

import java.util.List;
import java.util.Map;

/**
 * Constants of one replica; times in ms.
 *
 * @param local this replica
 * @param canVote whether it may become a voter at all (controller role)
 * @param listener name of the listener voters are dialled on
 * @param endpoints this replica's own controller listeners
 * @param bootstrapServers where to ask for the leader
 * @param suspicionGraceMs after the leader's host refused a connection, how long the first of the voters waits for the leader
 *     before a pre-vote; 0 = until the fetch time-out
 */
public record CoreConfig(
        ReplicaKey local,
        boolean canVote,
        String listener,
        Map<String, HostPort> endpoints,
        List<HostPort> bootstrapServers,
        int electionTimeoutMs,
        int electionBackoffMaxMs,
        int fetchTimeoutMs,
        int requestTimeoutMs,
        int retryBackoffMs,
        int fetchMaxWaitMs,
        int fetchSnapshotMaxBytes,
        int suspicionGraceMs) {}
