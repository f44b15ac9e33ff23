package io.milena.raft;

import io.milena.records.OffsetAndEpoch;
import io.milena.records.VersionedRecord;
import java.util.List;

/**
 * Writes one snapshot of the metadata log beside the raft thread: records go to {@code <id>.checkpoint.part}, and
 * {@link #freeze()} makes it durable and visible. Used by one thread at a time, which may block on disk.
 */
public interface SnapshotWriter extends AutoCloseable {
    OffsetAndEpoch id();

    /** Adds records in the order in which they are to be replayed. */
    void append(List<VersionedRecord> records);

    /** Writes the footer, fsyncs, renames into place; older segments and snapshots are then deleted by the raft thread. */
    void freeze();

    /** Deletes the partial file unless {@link #freeze()} was called. */
    @Override
    void close();
}
