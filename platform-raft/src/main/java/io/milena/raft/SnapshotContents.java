package io.milena.raft;

import io.milena.records.CommittedBatch;
import io.milena.records.OffsetAndEpoch;
import java.util.Iterator;

/**
 * A snapshot of the metadata log, read lazily, by one thread, during {@link RaftListener#onSnapshot} or later. Its file stays open
 * until the last batch has been taken.
 *
 * @param id end offset (exclusive) and epoch of the last record it contains
 * @param lastContainedLogTimeMs append time of the last contained batch, ms since the Unix epoch
 * @param batches its data batches in order, without control records; offsets are the snapshot's own, not the log's
 */
public record SnapshotContents(OffsetAndEpoch id, long lastContainedLogTimeMs, Iterator<CommittedBatch> batches) {}
