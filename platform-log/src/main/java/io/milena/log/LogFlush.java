package io.milena.log;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;

/**
 * What of a log is on the disk for sure, and how more of it gets there. Forcing runs on any thread beside appends; all else
 * under the log's lock.
 */
final class LogFlush {
    private volatile long recoveryPoint;
    private volatile long lastFlushMs;
    /** Files appeared or went since the directory was last synced. */
    private volatile boolean directoryBehind = true;

    LogFlush(long recoveryPoint, long nowMs) {
        this.recoveryPoint = recoveryPoint;
        this.lastFlushMs = nowMs;
    }

    /** Everything below is flushed. Any thread. */
    long recoveryPoint() {
        return recoveryPoint;
    }

    /** When the log was last flushed, or loaded. Any thread. */
    long lastFlushMs() {
        return lastFlushMs;
    }

    void directoryChanged() {
        directoryBehind = true;
    }

    void truncated(long endOffset) {
        recoveryPoint = Math.min(recoveryPoint, endOffset);
    }

    void restarted(long offset) {
        directoryBehind = true;
        recoveryPoint = offset;
    }

    /** Everything that was there has been looked at. */
    void noticed(long nowMs) {
        lastFlushMs = nowMs;
    }

    /** A {@link #force} is through. */
    void reached(long offset) {
        recoveryPoint = Math.max(recoveryPoint, offset);
    }

    /** Everything from the recovery point to below {@code upTo} is durable on return. */
    void force(Segment[] segments, long upTo, Path directory, LeaderEpochs epochs) throws IOException {
        boolean syncDirectory = directoryBehind;
        directoryBehind = false;
        for (int i = Math.max(0, LogSegments.floor(segments, recoveryPoint)); i < segments.length; i++) {
            if (segments[i].baseOffset() < upTo) {
                force(segments[i], i < segments.length - 1);
            }
        }
        if (syncDirectory) {
            PartitionMetadataFile.sync(directory);
        }
        if (epochs.sync() || syncDirectory) {
            PlainFile.syncDirectory(directory);
        }
    }

    private static void force(Segment segment, boolean withIndexes) throws IOException {
        if (segment.size() == 0) {
            return;
        }
        try {
            segment.file().acquire();
        } catch (ClosedChannelException e) {
            // Deleted meanwhile: nothing of it needs to last.
            return;
        }
        try {
            segment.force(withIndexes);
        } finally {
            segment.file().release();
        }
    }
}
