package io.milena.log;

/**
 * What is known of a log before its files are looked at.
 *
 * @param recoveryPoint everything below this offset was flushed before the process ended (recovery-point-offset-checkpoint), 0 if unknown
 * @param logStartOffset from log-start-offset-checkpoint, 0 if unknown
 * @param highWatermark from replication-offset-checkpoint, 0 if unknown
 * @param files how the process that wrote the files last left them
 */
public record LogStart(long recoveryPoint, long logStartOffset, long highWatermark, Files files) {
    /** How the files were left, and so what a gap between two segments means. */
    public enum Files {
        /** Flushed and closed: the files are trusted, and opened on first use. */
        CLOSED,
        /**
         * Left by a crash of a process that began each segment where the one before ended, as ours do: where two do not meet,
         * the end of the first one was lost with the power.
         */
        CRASHED_CONTIGUOUS,
        /**
         * Left by a crash, perhaps of Apache Kafka's broker. Its followers begin a segment at the first record in it, and in a
         * compacted log that is not where the one before ended: gaps say nothing.
         */
        CRASHED
    }

    /** A log of which nothing is known: its files, if any, are recovered in full. */
    public static final LogStart UNKNOWN = new LogStart(0, 0, 0, Files.CRASHED);

    /** A new, empty log, or one that was closed cleanly. */
    public static final LogStart CLEAN = new LogStart(0, 0, 0, Files.CLOSED);

    /** A log that is never compacted, of which nothing else is known: it has no gaps but by a loss. */
    public static final LogStart NEVER_COMPACTED = new LogStart(0, 0, 0, Files.CRASHED_CONTIGUOUS);

    boolean cleanShutdown() {
        return files == Files.CLOSED;
    }
}
