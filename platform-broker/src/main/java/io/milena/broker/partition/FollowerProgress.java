package io.milena.broker.partition;

/** How far one follower has come, as its fetches told. Guarded by the partition's lock. */
final class FollowerProgress {
    private static final long UNKNOWN = -1;

    private long logEndOffset = UNKNOWN;
    private long logStartOffset = UNKNOWN;
    private long lastCaughtUpMs;

    /** Offset after its last record; -1 until its first fetch in this leader epoch. */
    long logEndOffset() {
        return logEndOffset;
    }

    /** Its log start offset; -1 until its first fetch in this leader epoch. */
    long logStartOffset() {
        return logStartOffset;
    }

    /** When it last had everything the leader had, ms since the Unix epoch. */
    long lastCaughtUpMs() {
        return lastCaughtUpMs;
    }

    void fetched(long fromOffset, long itsLogStartOffset, long leaderLogEndOffset, long nowMs) {
        logEndOffset = fromOffset;
        logStartOffset = itsLogStartOffset;
        if (fromOffset >= leaderLogEndOffset) {
            lastCaughtUpMs = nowMs;
        }
    }
}
