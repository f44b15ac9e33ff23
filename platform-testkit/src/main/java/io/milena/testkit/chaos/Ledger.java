package io.milena.testkit.chaos;

import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Of one partition: what producers were promised and what a reader found. A record is known by its producer and its number, which each
 * producer counts up per partition; a producer's records must come in that order, each once. Thread-safe.
 */
final class Ledger {
    private static final long NOTHING = -1;

    private final String partition;
    private final int producers;
    private final Violations violations;
    private final BitSet[] acknowledged;
    private final BitSet[] read;
    private final int[] highestRead;
    private long[] byOffset = new long[1024];
    private long[] promised = new long[1024];
    private long end;
    private long promisedEnd;
    private long acknowledgements;

    Ledger(String partition, int producers, Violations violations) {
        this.partition = partition;
        this.producers = producers;
        this.violations = violations;
        acknowledged = bitSets(producers);
        read = bitSets(producers);
        highestRead = new int[producers];
        Arrays.fill(highestRead, -1);
        Arrays.fill(promised, NOTHING);
    }

    private static BitSet[] bitSets(int count) {
        BitSet[] sets = new BitSet[count];
        Arrays.setAll(sets, i -> new BitSet());
        return sets;
    }

    static String record(int producer, int number) {
        return producer + ":" + number;
    }

    /** A producer was told that its record is at the offset; a negative offset says only that it is there. */
    synchronized void acknowledge(int producer, int number, long offset) {
        acknowledgements++;
        acknowledged[producer].set(number);
        if (offset < 0) {
            return;
        }
        promised = atLeast(promised, offset);
        promisedEnd = Math.max(promisedEnd, offset + 1);
        if (promised[(int) offset] != NOTHING && promised[(int) offset] != pack(producer, number)) {
            violations.add(at(offset) + " was promised to " + words(promised[(int) offset]) + " and to "
                    + record(producer, number));
        }
        promised[(int) offset] = pack(producer, number);
        if (offset < end && byOffset[(int) offset] != promised[(int) offset]) {
            violations.add(at(offset) + " was read as " + words(byOffset[(int) offset])
                    + " and acknowledged afterwards as " + record(producer, number));
        }
    }

    /** The reader's next record. */
    synchronized void read(long offset, String record) {
        int colon = record.indexOf(':');
        int producer = Integer.parseInt(record.substring(0, colon));
        int number = Integer.parseInt(record.substring(colon + 1));
        if (offset != end) {
            violations.add(at(end) + " should have been read next, but " + offset + " came");
        }
        if (producer >= producers) {
            violations.add(at(offset) + " holds a record that nobody sent: " + record);
            return;
        }
        byOffset = atLeast(byOffset, offset);
        byOffset[(int) offset] = pack(producer, number);
        end = offset + 1;
        if (read[producer].get(number)) {
            violations.add(at(offset) + " holds a duplicate: " + record);
        } else if (number < highestRead[producer]) {
            violations.add(at(offset) + " holds " + record + " after number " + highestRead[producer]);
        }
        read[producer].set(number);
        highestRead[producer] = Math.max(highestRead[producer], number);
        if (offset < promised.length
                && promised[(int) offset] != NOTHING
                && promised[(int) offset] != byOffset[(int) offset]) {
            violations.add(at(offset) + " was promised to " + words(promised[(int) offset]) + " but holds " + record);
        }
    }

    /** Another reading, later: every offset must still hold what it held. */
    synchronized void readAgain(long offset, String record) {
        if (offset >= end) {
            read(offset, record);
        } else if (!words(byOffset[(int) offset]).equals(record)) {
            violations.add(at(offset) + " held " + words(byOffset[(int) offset]) + " at first and now " + record);
        }
    }

    /** Acknowledged records that have not been read, as words, or null if there are none. */
    synchronized @Nullable String unread() {
        for (int producer = 0; producer < producers; producer++) {
            BitSet missing = (BitSet) acknowledged[producer].clone();
            missing.andNot(read[producer]);
            if (!missing.isEmpty()) {
                return partition + ": " + missing.cardinality() + " acknowledged records of producer " + producer
                        + " have not been read, the first is number " + missing.nextSetBit(0)
                        + "; the reader is at offset " + end;
            }
        }
        return null;
    }

    /** The offset after the highest that a producer was promised. */
    synchronized long promisedEnd() {
        return promisedEnd;
    }

    /** How many were acknowledged. */
    synchronized long acknowledgements() {
        return acknowledgements;
    }

    /** The offset after the last that was read. */
    synchronized long end() {
        return end;
    }

    private String at(long offset) {
        return partition + " offset " + offset;
    }

    private static long pack(int producer, int number) {
        return ((long) producer << 32) | number;
    }

    private static String words(long packed) {
        return record((int) (packed >> 32), (int) packed);
    }

    private static long[] atLeast(long[] array, long index) {
        if (index < array.length) {
            return array;
        }
        long[] larger = Arrays.copyOf(array, (int) Math.max(index + 1, array.length * 2L));
        Arrays.fill(larger, array.length, larger.length, NOTHING);
        return larger;
    }
}
