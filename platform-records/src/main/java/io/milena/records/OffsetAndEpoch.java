package io.milena.records;

/**
 * A position in a log: the offset and the leader epoch of the record before it (or at it, where the user says so).
 * Ordered by epoch first, then by offset, as KRaft compares log ends.
 *
 * @param offset record offset, 0-based
 * @param epoch leader epoch
 */
public record OffsetAndEpoch(long offset, int epoch) implements Comparable<OffsetAndEpoch> {
    @Override
    public int compareTo(OffsetAndEpoch other) {
        int byEpoch = Integer.compare(epoch, other.epoch);
        return byEpoch != 0 ? byEpoch : Long.compare(offset, other.offset);
    }
}
