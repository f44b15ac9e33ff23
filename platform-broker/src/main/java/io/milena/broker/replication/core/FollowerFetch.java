package io.milena.broker.replication.core;

/**
 * What a follower's fetch says about it.
 *
 * @param replicaId the follower
 * @param offset it has everything before this, and what it has is what the leader's log has
 * @param logStartOffset of its log
 * @param brokerEpoch of its registration, -1 if it does not say (KIP-903)
 */
public record FollowerFetch(int replicaId, long offset, long logStartOffset, long brokerEpoch) {}
