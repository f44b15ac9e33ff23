package io.milena.log;

import java.io.IOException;

/**
 * When a log is forced to disk: after flush.messages, when flush.ms is over, when a segment was rolled, and when somebody asks.
 * Any thread; appends are not held up.
 */
final class FlushPolicy {
    private final LogHome home;

    FlushPolicy(LogHome home) {
        this.home = home;
    }

    /** As {@link PartitionLog#flush}. */
    void flush() {
        LogState log = home.state();
        force(log, log.end.offset());
    }

    /** As {@link PartitionLog#flushIfDue}. */
    void flushIfDue(long nowMs) {
        LogState log = home.stateIfLoaded();
        if (log != null
                && !home.isOffline()
                && log.end.offset() > log.recoveryPoint
                && nowMs - log.lastFlushMs >= home.config().flushMs()) {
            flush();
        }
    }

    /** Without the lock. */
    void appended(LogState log, LogConfig settings) {
        if (log.end.offset() - log.recoveryPoint >= settings.flushMessages()) {
            flush();
        } else if (log.rolled) {
            log.rolled = false;
            long base = log.end.segmentBaseOffset();
            home.later(() -> flushRolled(log, base));
        }
    }

    /** Forces the segments before {@code base}. */
    private void flushRolled(LogState log, long base) {
        if (!home.isOffline()) {
            force(log, base);
        }
    }

    private void force(LogState log, long upTo) {
        try {
            LogFlush.flush(log, home.lock(), home.nowMs(), upTo);
        } catch (IOException e) {
            throw home.failed("flush " + home.partition() + " in " + home.directory(), e);
        }
    }
}
