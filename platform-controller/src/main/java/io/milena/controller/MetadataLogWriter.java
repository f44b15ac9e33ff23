package io.milena.controller;

import io.milena.raft.RaftListener;
import io.milena.records.VersionedRecord;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The metadata log as the controller needs it: a narrow seam towards {@link io.milena.raft.RaftNode}, so that the controller
 * runs on a log in memory as well. Thread-safe; no method blocks.
 */
public interface MetadataLogWriter {
    /**
     * Appends one atomic batch if this node leads in {@code epoch}.
     *
     * @return the offset of the last record, known before the commit is reported; fails if this node does not lead
     */
    CompletableFuture<Long> append(int epoch, List<VersionedRecord> records);

    /** Offset of the next record that would be appended, not counting appends still on their way. */
    long logEndOffset();

    /** Gives up leadership of {@code epoch}, if held. */
    void resign(int epoch);

    /** Adds a listener, which gets the newest snapshot and every committed batch after it, then the leader. */
    void register(RaftListener listener);

    /** No call is made to the listener after this returns, except one that is under way. */
    void unregister(RaftListener listener);
}
