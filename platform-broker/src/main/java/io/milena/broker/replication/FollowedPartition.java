package io.milena.broker.replication;

import io.milena.broker.partition.Partition;

/** A partition that is fetched from its leader. Belongs to one {@link SourceFetcher}, guarded by it. */
final class FollowedPartition {
    private static final long FIRST_PAUSE_MS = 20;

    final Partition partition;
    final int leaderEpoch;
    private long pauseMs = FIRST_PAUSE_MS;
    private long notBeforeMs;

    FollowedPartition(Partition partition, int leaderEpoch) {
        this.partition = partition;
        this.leaderEpoch = leaderEpoch;
    }

    boolean isDue(long nowMs) {
        return nowMs >= notBeforeMs;
    }

    long notBeforeMs() {
        return notBeforeMs;
    }

    /** Pauses twice as long as the last time, at most {@code longestMs}. */
    void pause(long nowMs, long longestMs) {
        notBeforeMs = nowMs + Math.min(pauseMs, longestMs);
        pauseMs = Math.min(pauseMs * 2, longestMs);
    }

    void wentWell() {
        pauseMs = FIRST_PAUSE_MS;
    }
}
