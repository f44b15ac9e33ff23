package io.milena.broker.replication.core;

/**
 * What a follower's fetch says about it.
 *
 * @param replicaId the follower
 * @param leaderEpoch in which it fetched and its log was compared with the leader's, -1 if it does not say
 * @param offset it has everything before this, and what it has is what the leader's log has
 * @param logStartOffset of its log
 * @param brokerEpoch of its registration, -1 if it does not say (KIP-903)
 */
public record FollowerFetch(int replicaId, int leaderEpoch, long offset, long logStartOffset, long brokerEpoch) {}
