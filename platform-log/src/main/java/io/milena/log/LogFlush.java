package io.milena.log;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;

/** Forces a log to disk without keeping appends waiting: only the new recovery point is set under the lock. */
final class LogFlush {
    private LogFlush() {}

    /** Everything below the log end at the time of the call is durable on return. */
    static void flush(LogState log, Object lock, long nowMs) throws IOException {
        flush(log, lock, nowMs, log.end.offset());
    }

    /** Everything below {@code upTo}, the log end or the base of a segment, is durable on return. */
    static void flush(LogState log, Object lock, long nowMs, long upTo) throws IOException {
        if (upTo <= log.recoveryPoint) {
            log.lastFlushMs = nowMs;
            return;
        }
        int truncations = log.truncations;
        boolean syncDirectory = log.directoryBehind;
        log.directoryBehind = false;
        Segment[] all = log.segments.all();
        for (int i = Math.max(0, LogSegments.floor(all, log.recoveryPoint)); i < all.length; i++) {
            if (all[i].baseOffset() < upTo) {
                force(all[i], i < all.length - 1);
            }
        }
        if (syncDirectory) {
            PartitionMetadataFile.sync(log.directory);
        }
        if (log.epochs.sync() || syncDirectory) {
            PlainFile.syncDirectory(log.directory);
        }
        synchronized (lock) {
            if (log.truncations == truncations) {
                log.recoveryPoint = Math.max(log.recoveryPoint, Math.min(upTo, log.end.offset()));
            }
            log.lastFlushMs = nowMs;
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
