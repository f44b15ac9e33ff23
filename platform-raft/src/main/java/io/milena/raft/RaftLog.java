package io.milena.raft;

import io.milena.raft.core.LogView;
import io.milena.raft.storage.SnapshotDirectory;
import io.milena.records.OffsetAndEpoch;
import org.apache.kafka.common.record.internal.MemoryRecords;

/** The metadata log as the driver needs it. Used by the raft thread only, except where a method says otherwise. */
interface RaftLog extends LogView, AutoCloseable {
    /** End of what is fsynced. */
    long durableEndOffset();

    /** Appends one batch whose offsets are already the log's next ones; not durable before {@link #flush()}. */
    void appendAsLeader(MemoryRecords batch, int epoch);

    /**
     * Appends what the leader sent; a partial batch at the end is left out.
     *
     * @throws RejectedFromLeaderException if it is damaged or does not continue the log
     */
    void appendAsFollower(MemoryRecords batches, int epoch);

    /** Whole batches from {@code offset} on, at least one if there is one below {@code endOffset}. */
    MemoryRecords read(long offset, int maxBytes, long endOffset);

    /** fsync. */
    void flush();

    /** Notes that {@code epoch} starts at the end of the log. */
    void startEpoch(int epoch);

    void truncateTo(long offset);

    void updateHighWatermark(long offset);

    SnapshotDirectory snapshots();

    /** Thread-safe. */
    VoterHistory history();

    /** The log is replaced by a complete snapshot that lies ahead of it. */
    void installSnapshot(OffsetAndEpoch id);

    /** Deletes segments and snapshots that newer snapshots make needless, as far as limits say so; rolls when due. */
    void clean(long nowMs);

    @Override
    void close();
}
