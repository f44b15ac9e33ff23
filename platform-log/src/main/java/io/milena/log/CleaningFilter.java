package io.milena.log;

import java.io.IOException;
import java.util.Iterator;
import java.util.Map;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.MemoryRecords.RecordFilter;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.jspecify.annotations.Nullable;

/**
 * Which batches and records of a log survive one round of cleaning.
 *
 * <p>Of the part that the round has looked at (up to {@link KeyOffsets#latestOffset}) the newest record of each key stays; a
 * tombstone, and the marker of a transaction without data, until its delete horizon, which is set when it is first met (KIP-534,
 * KAFKA-8522). Aborted data go. What lies behind that part stays as it is, markers included (KAFKA-13727). The last batch of
 * a producer stays even without records, since it carries the sequence number; so does the last batch of a new segment,
 * which tells how far it reaches.
 */
final class CleaningFilter extends RecordFilter {
    /** The last thing known of a producer: its last data batch, or only its epoch. */
    record LastOfProducer(long lastDataOffset, short epoch) {}

    private final KeyOffsets newest;
    private final CleanedTransactions transactions;
    private final Map<Long, LastOfProducer> producers;
    private Segment target;
    private long targetLastOffset;
    private boolean untouched;
    private boolean discards;
    private @Nullable IOException failure;

    CleaningFilter(
            long nowMs,
            long deleteRetentionMs,
            KeyOffsets newest,
            CleanedTransactions transactions,
            Map<Long, LastOfProducer> producers,
            Segment target) {
        super(nowMs, deleteRetentionMs);
        this.newest = newest;
        this.transactions = transactions;
        this.producers = producers;
        this.target = target;
    }

    /**
     * What is filtered from now on goes there.
     *
     * @param lastOffset of the last batch that goes there
     */
    void into(Segment segment, long lastOffset) {
        target = segment;
        targetLastOffset = lastOffset;
    }

    @Override
    protected BatchRetentionResult checkBatchRetention(RecordBatch batch) {
        untouched = batch.lastOffset() > newest.latestOffset();
        boolean emptyEnd = false;
        discards = false;
        if (batch.isControlBatch()) {
            emptyEnd = isEmptyEnd(batch) && !untouched;
            discards = emptyEnd
                    && batch.deleteHorizonMs().isPresent()
                    && batch.deleteHorizonMs().getAsLong() <= currentTime;
        } else {
            discards = transactions.isAborted(batch) && !untouched;
        }
        if (isLastOfProducer(batch) || batch.lastOffset() == targetLastOffset) {
            return new BatchRetentionResult(BatchRetention.RETAIN_EMPTY, emptyEnd);
        }
        return new BatchRetentionResult(discards ? BatchRetention.DELETE : BatchRetention.DELETE_EMPTY, emptyEnd);
    }

    private boolean isEmptyEnd(RecordBatch batch) {
        Iterator<Record> records = batch.iterator();
        if (!records.hasNext()) {
            // Emptied by an earlier round, and kept for its producer's sake.
            return true;
        }
        ControlRecordType type = ControlRecordType.parse(records.next().key());
        boolean empty = transactions.isEmptyEnd(batch, type);
        if (type == ControlRecordType.ABORT) {
            AbortedTransaction kept = transactions.ended(batch);
            if (kept != null) {
                keep(kept);
            }
        }
        return empty;
    }

    private void keep(AbortedTransaction aborted) {
        try {
            target.aborts().append(aborted);
        } catch (IOException e) {
            failure = e;
        }
    }

    /** Throws what went wrong meanwhile. */
    void checkFailure() throws IOException {
        IOException met = failure;
        if (met != null) {
            throw met;
        }
    }

    private boolean isLastOfProducer(RecordBatch batch) {
        LastOfProducer last = batch.hasProducerId() ? producers.get(batch.producerId()) : null;
        if (last == null) {
            return false;
        }
        return last.lastDataOffset >= 0
                ? batch.lastOffset() == last.lastDataOffset
                : batch.isControlBatch() && batch.producerEpoch() == last.epoch;
    }

    @Override
    protected boolean shouldRetainRecord(RecordBatch batch, Record record) {
        if (untouched) {
            return true;
        }
        if (discards) {
            return false;
        }
        if (batch.isControlBatch()) {
            return true;
        }
        if (!record.hasKey()) {
            return false;
        }
        boolean newestOfKey = record.offset() >= newest.get(record.key());
        boolean tombstoneStays = batch.deleteHorizonMs().isEmpty()
                || currentTime < batch.deleteHorizonMs().getAsLong();
        return newestOfKey && (record.hasValue() || tombstoneStays);
    }
}
