package io.milena.broker.replication.core;

/** How far one follower has come, as its fetches told. Belongs to one {@link ReplicaState}. */
final class FollowerProgress {
    private static final long UNKNOWN = -1;

    private long logEndOffset = UNKNOWN;
    private long logStartOffset = UNKNOWN;
    private long brokerEpoch = UNKNOWN;
    private long lastCaughtUpMs;
    private long lastFetchMs;
    private long leaderEndAtLastFetch = Long.MAX_VALUE;

    /** @param lastCaughtUpMs when it counts as last caught up before its first fetch; 0 for one that is not in sync */
    FollowerProgress(long lastCaughtUpMs) {
        this.lastCaughtUpMs = lastCaughtUpMs;
    }

    /** Offset after its last record; -1 until its first fetch in this leader epoch. */
    long logEndOffset() {
        return logEndOffset;
    }

    ReplicaPosition position(int id, long nowMs) {
        return new ReplicaPosition(id, logStartOffset, logEndOffset, Math.max(0, nowMs - lastCaughtUpMs));
    }

    /** Its log start offset; -1 until its first fetch in this leader epoch. */
    long logStartOffset() {
        return logStartOffset;
    }

    /** The registration of the broker that fetched last; -1 until its first fetch, or if it does not say (KIP-903). */
    long brokerEpoch() {
        return brokerEpoch;
    }

    /** When it last had everything the leader had, ms since the Unix epoch. */
    long lastCaughtUpMs() {
        return lastCaughtUpMs;
    }

    /** Whether it has fetched in this leader epoch and had everything not longer than {@code lagMs} ago. */
    boolean keepsUp(long nowMs, long lagMs) {
        return logEndOffset != UNKNOWN && nowMs - lastCaughtUpMs <= lagMs;
    }

    /**
     * The leader is about to append after {@code logEndOffset}. A follower that has everything fetches nothing about this
     * partition within its session (KIP-227), so this is the last moment known at which it had everything.
     */
    void leaderAppends(long leaderLogEndOffset, long nowMs) {
        if (logEndOffset >= leaderLogEndOffset) {
            lastCaughtUpMs = Math.max(lastCaughtUpMs, nowMs);
        }
    }

    void fetched(FollowerFetch fetch, long leaderLogEndOffset, long nowMs) {
        long fromOffset = fetch.offset();
        if (fromOffset >= leaderLogEndOffset) {
            lastCaughtUpMs = Math.max(lastCaughtUpMs, nowMs);
        } else if (fromOffset >= leaderEndAtLastFetch) {
            // It has all there was when it fetched before: it keeps up although more keeps coming.
            lastCaughtUpMs = Math.max(lastCaughtUpMs, lastFetchMs);
        }
        logEndOffset = fromOffset;
        logStartOffset = fetch.logStartOffset();
        brokerEpoch = fetch.brokerEpoch();
        leaderEndAtLastFetch = leaderLogEndOffset;
        lastFetchMs = nowMs;
    }
}
