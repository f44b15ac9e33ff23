package io.milena.raft.core;

/** How far one replica is, as its leader sees it. Offsets are -1 and times -1 while unknown. */
final class ReplicaProgress {
    private ReplicaKey key;
    private long endOffset = -1;
    private long lastFetchMs = -1;
    private long lastCaughtUpMs = -1;
    private long leaderEndAtLastFetch = -1;
    private long lastHeardMs = -1;
    private boolean acknowledged;

    ReplicaProgress(ReplicaKey key) {
        this.key = key;
    }

    /**
     * It was caught up now if it asks for what does not exist yet, and at its last fetch if it has by now all that existed then.
     */
    void fetched(long offset, long leaderEndOffset, long nowMs) {
        if (offset >= leaderEndOffset) {
            lastCaughtUpMs = nowMs;
        } else if (leaderEndAtLastFetch > 0 && offset >= leaderEndAtLastFetch) {
            lastCaughtUpMs = lastFetchMs;
        }
        endOffset = offset;
        lastFetchMs = Math.max(lastFetchMs, nowMs);
        leaderEndAtLastFetch = leaderEndOffset;
        heardFrom(nowMs);
    }

    void identifiedAs(ReplicaKey same) {
        key = same;
    }

    /** It fetched log or snapshot, or answered: it knows who leads. */
    void heardFrom(long nowMs) {
        acknowledged = true;
        lastHeardMs = Math.max(lastHeardMs, nowMs);
    }

    boolean isAcknowledged() {
        return acknowledged;
    }

    long lastHeardMs() {
        return lastHeardMs;
    }

    ReplicaKey key() {
        return key;
    }

    long endOffset() {
        return endOffset;
    }

    long lastFetchMs() {
        return lastFetchMs;
    }

    long lastCaughtUpMs() {
        return lastCaughtUpMs;
    }
}
