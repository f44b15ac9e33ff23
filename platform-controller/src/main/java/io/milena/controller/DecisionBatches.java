package io.milena.controller;

import io.milena.controller.core.Decision;
import io.milena.metadata.ReplayCheck;
import io.milena.records.VersionedRecord;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.jspecify.annotations.Nullable;

/**
 * The records of one decision, batch by batch. An atomic decision is one batch, another one is cut. Records are made as they are taken,
 * each batch after the one before it has been replayed.
 */
final class DecisionBatches {
    /** As Kafka cuts what is not atomic. */
    private static final int MAX_RECORDS = 10_000;
    /** Upper bounds of what the log's format adds to a batch and to each record. */
    private static final int BATCH_OVERHEAD = 61;

    private static final int RECORD_OVERHEAD = 32;

    private final Iterator<VersionedRecord> records;
    private final boolean atomic;
    private final int maxBytes;
    /** Made, but too much for the batch before. */
    private @Nullable VersionedRecord held;

    private int heldBytes;

    /** @param maxBytes what the log takes as one batch */
    DecisionBatches(Decision<?> decision, int maxBytes) {
        this.records = decision.records().iterator();
        this.atomic = decision.atomic();
        this.maxBytes = maxBytes;
    }

    /**
     * The next batch, empty at the end.
     *
     * @throws RecordBatchTooLargeException if what must be in one batch is too much for it
     * @throws RuntimeException if a record cannot be made, or could not be written and replayed
     */
    List<VersionedRecord> next() {
        List<VersionedRecord> batch = new ArrayList<>();
        int bytes = BATCH_OVERHEAD;
        while (atomic || batch.size() < MAX_RECORDS) {
            if (held == null && records.hasNext()) {
                VersionedRecord made = records.next();
                heldBytes = RECORD_OVERHEAD + ReplayCheck.sizeOf(made);
                held = made;
            }
            VersionedRecord record = held;
            if (record == null) {
                return batch;
            }
            if (heldBytes > maxBytes - bytes) {
                if (atomic || batch.isEmpty()) {
                    throw new RecordBatchTooLargeException(
                            "The request's metadata records are too much for one batch of " + maxBytes + " bytes.");
                }
                return batch;
            }
            batch.add(record);
            bytes += heldBytes;
            held = null;
        }
        return batch;
    }
}
