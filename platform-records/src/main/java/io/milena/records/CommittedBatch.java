package io.milena.records;

import java.util.List;

/**
 * Records of one committed batch of the metadata log, in order. Control batches are delivered with no records, so that
 * offsets stay gapless.
 *
 * @param baseOffset offset of the first record
 * @param lastOffset offset of the last record (equal to {@code baseOffset} for a control batch of one record)
 * @param epoch leader epoch of the batch
 * @param appendTimestampMs time the leader appended it, ms since the Unix epoch
 * @param sizeInBytes size of the batch on disk, bytes
 * @param records the metadata records, unmodifiable; empty for control batches
 */
public record CommittedBatch(
        long baseOffset,
        long lastOffset,
        int epoch,
        long appendTimestampMs,
        int sizeInBytes,
        List<VersionedRecord> records) {}
