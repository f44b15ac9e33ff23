package io.milena.controller;

import io.milena.raft.RaftListener;
import io.milena.records.VersionedRecord;
import java.util.List;

/**
 * The metadata log as the controller needs it: a narrow seam towards {@link io.milena.raft.RaftNode}, so that the controller
 * runs on a log in memory as well. Thread-safe; no method waits for the disk.
 */
public interface MetadataLogWriter {
    /**
     * Has one atomic batch appended if this node leads in {@code epoch}. Commits are seen through the listener; if leadership
     * is lost before, the offset is void, and the listener is told.
     *
     * @return the offset the last record gets
     * @throws io.milena.raft.NotLeaderException if this node does not lead in {@code epoch}; nothing was appended
     * @throws org.apache.kafka.common.errors.RecordBatchTooLargeException if it is too much for one batch
     */
    long append(int epoch, List<VersionedRecord> records);

    /** The most bytes that one batch may take. */
    int maxBatchBytes();

    /** Gives up leadership of {@code epoch}, if this node has it; the listeners are told when it is over. */
    void resign(int epoch);

    /** Offset of the next record that would be appended. */
    long logEndOffset();

    /** Adds a listener, which gets the newest snapshot and every committed batch after it, then the leader. */
    void register(RaftListener listener);

    /** Removes a listener; calls under way still end. */
    void unregister(RaftListener listener);
}
