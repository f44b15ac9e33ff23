package io.milena.log;

/**
 * What is known of a log before its files are looked at.
 *
 * @param recoveryPoint everything below this offset was flushed before the process ended (recovery-point-offset-checkpoint), 0 if unknown
 * @param logStartOffset from log-start-offset-checkpoint, 0 if unknown
 * @param highWatermark from replication-offset-checkpoint, 0 if unknown
 * @param cleanShutdown the directory carried a clean-shutdown file: files are trusted and opened on first use
 */
public record LogStart(long recoveryPoint, long logStartOffset, long highWatermark, boolean cleanShutdown) {
    /** A log of which nothing is known: its files, if any, are recovered in full. */
    public static final LogStart UNKNOWN = new LogStart(0, 0, 0, false);

    /** A new, empty log, or one that was closed cleanly. */
    public static final LogStart CLEAN = new LogStart(0, 0, 0, true);
}
