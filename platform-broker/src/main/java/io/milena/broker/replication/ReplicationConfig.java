package io.milena.broker.replication;

/**
 * How replicas keep together.
 *
 * @param brokerId node.id
 * @param fetchers num.replica.fetchers: connections to each leader, and threads that append large answers
 * @param fetchWaitMaxMs replica.fetch.wait.max.ms: how long a leader may park a fetch
 * @param fetchMinBytes replica.fetch.min.bytes
 * @param fetchMaxBytes replica.fetch.max.bytes: of one partition
 * @param responseMaxBytes replica.fetch.response.max.bytes: of one answer
 * @param backoffMs replica.fetch.backoff.ms: the longest pause of a partition after an error
 * @param lagTimeMaxMs replica.lag.time.max.ms: a follower that has not caught up for so long leaves the in-sync replicas
 */
public record ReplicationConfig(
        int brokerId,
        int fetchers,
        int fetchWaitMaxMs,
        int fetchMinBytes,
        int fetchMaxBytes,
        int responseMaxBytes,
        int backoffMs,
        long lagTimeMaxMs) {}
