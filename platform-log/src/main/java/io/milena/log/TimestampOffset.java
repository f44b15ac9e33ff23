package io.milena.log;

/**
 * Answer of a lookup by time.
 *
 * @param timestampMs timestamp of the record found, ms since the Unix epoch
 * @param offset its offset
 * @param leaderEpoch leader epoch of its batch, or -1 if unknown
 */
public record TimestampOffset(long timestampMs, long offset, int leaderEpoch) {}
