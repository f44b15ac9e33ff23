package io.milena.broker.replication.core;

import io.milena.records.OffsetAndEpoch;

/** What a leader finds when it compares a fetcher's log with its own by the epoch of the last record (KIP-320, KIP-595). */
public enum Divergence {
    /** Up to the fetch offset the logs are the same. */
    NONE,
    /** They differ: the fetcher must cut back, the leader names its own largest epoch not above, and where that ends. */
    DIVERGING,
    /** The leader knows no epoch that old, or none at all: it cannot say. */
    UNKNOWN;

    /**
     * Compares.
     *
     * @param lastFetchedEpoch epoch of the fetcher's last record before {@code fetchOffset}, -1 if it has none
     * @param own what the leader's log says of that epoch: {@code endOffsetForEpoch(lastFetchedEpoch)}
     */
    public static Divergence of(int lastFetchedEpoch, long fetchOffset, OffsetAndEpoch own) {
        if (lastFetchedEpoch < 0) {
            return NONE;
        }
        if (own.epoch() < 0 || own.offset() < 0) {
            return UNKNOWN;
        }
        return own.epoch() >= lastFetchedEpoch && own.offset() >= fetchOffset ? NONE : DIVERGING;
    }
}
