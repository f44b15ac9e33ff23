package io.milena.log;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of one producer: its epoch, its last five batches (KIP-98: a retry of any of them is recognised), and
 * its open transaction. Mutable; under the partition's lock.
 */
final class ProducerEntry {
    private static final int REMEMBERED = 5;
    static final int NO_SEQUENCE = -1;
    static final long NONE = -1;

    private final long producerId;
    private short epoch = -1;
    private int coordinatorEpoch = -1;
    private long lastTimestampMs = -1;
    private long transactionStart = NONE;
    private final int[] lastSequences = new int[REMEMBERED];
    private final int[] offsetDeltas = new int[REMEMBERED];
    private final long[] lastOffsets = new long[REMEMBERED];
    private final long[] timestampsMs = new long[REMEMBERED];
    private int count;
    private int newest = REMEMBERED - 1;

    ProducerEntry(long producerId) {
        this.producerId = producerId;
    }

    /** From a snapshot, which keeps the last batch only. */
    static ProducerEntry restored(
            long producerId,
            short epoch,
            int coordinatorEpoch,
            long lastTimestampMs,
            long transactionStart,
            int lastSequence,
            long lastOffset,
            int offsetDelta) {
        ProducerEntry entry = new ProducerEntry(producerId);
        entry.epoch = epoch;
        entry.coordinatorEpoch = coordinatorEpoch;
        entry.lastTimestampMs = lastTimestampMs;
        entry.transactionStart = transactionStart;
        if (lastOffset >= 0) {
            entry.remember(lastSequence, lastOffset, offsetDelta, lastTimestampMs);
        }
        return entry;
    }

    long producerId() {
        return producerId;
    }

    short epoch() {
        return epoch;
    }

    int coordinatorEpoch() {
        return coordinatorEpoch;
    }

    long lastTimestampMs() {
        return lastTimestampMs;
    }

    long transactionStart() {
        return transactionStart;
    }

    void transactionStart(long offset) {
        transactionStart = offset;
    }

    /** Sequence of the last record, -1 if no batch of this epoch is known. */
    int lastSequence() {
        return count == 0 ? NO_SEQUENCE : lastSequences[newest];
    }

    /** Offset of the last record, -1 if no batch of this epoch is known. */
    long lastOffset() {
        return count == 0 ? NONE : lastOffsets[newest];
    }

    int lastOffsetDelta() {
        return count == 0 ? 0 : offsetDeltas[newest];
    }

    /** A batch that was written.
     *
     * @param timestampMs its largest, which is its append time if the log gives one
     */
    record Written(long firstOffset, long lastOffset, long timestampMs) {}

    /** The remembered batch with just these sequences, null if there is none. */
    @Nullable
    Written find(short batchEpoch, int firstSequence, int lastSequence) {
        if (batchEpoch != epoch) {
            return null;
        }
        for (int i = 0; i < count; i++) {
            int slot = Math.floorMod(newest - i, REMEMBERED);
            if (lastSequences[slot] == lastSequence
                    && firstSequenceOf(lastSequence, offsetDeltas[slot]) == firstSequence) {
                long last = lastOffsets[slot];
                return new Written(last - offsetDeltas[slot], last, timestampsMs[slot]);
            }
        }
        return null;
    }

    private static int firstSequenceOf(int lastSequence, int delta) {
        return lastSequence >= delta ? lastSequence - delta : Integer.MAX_VALUE - (delta - lastSequence) + 1;
    }

    void addBatch(short batchEpoch, int lastSequence, long lastOffset, int offsetDelta, long timestampMs) {
        moveToEpoch(batchEpoch);
        remember(lastSequence, lastOffset, offsetDelta, timestampMs);
        lastTimestampMs = timestampMs;
    }

    void endTransaction(short markerEpoch, int markerCoordinatorEpoch, long timestampMs) {
        moveToEpoch(markerEpoch);
        coordinatorEpoch = markerCoordinatorEpoch;
        transactionStart = NONE;
        lastTimestampMs = timestampMs;
    }

    private void moveToEpoch(short newEpoch) {
        if (newEpoch != epoch) {
            epoch = newEpoch;
            count = 0;
        }
    }

    private void remember(int lastSequence, long lastOffset, int offsetDelta, long timestampMs) {
        newest = (newest + 1) % REMEMBERED;
        lastSequences[newest] = lastSequence;
        lastOffsets[newest] = lastOffset;
        offsetDeltas[newest] = offsetDelta;
        timestampsMs[newest] = timestampMs;
        count = Math.min(count + 1, REMEMBERED);
    }

    ActiveProducer toActiveProducer() {
        return new ActiveProducer(
                producerId,
                epoch,
                lastSequence(),
                lastTimestampMs,
                coordinatorEpoch,
                transactionStart < 0 ? OptionalLong.empty() : OptionalLong.of(transactionStart));
    }
}
