package io.milena.log;

import org.jspecify.annotations.Nullable;

/**
 * Where a log is in its life, which {@link LogSlot} leads it through.
 *
 * <pre>
 *   New ────first use───▶ Loaded ──closed, deleted, superseded──▶ Retired
 *   Found ──first use──▲    │                                       ▲
 *     │                     │                                       │
 *     └──────I/O error──────┴──────▶ Offline ──deleted, superseded──┘
 * </pre>
 *
 * New and Found may also be retired unused. A log that is Offline never comes back: if its directory does, it gets another
 * slot.
 */
sealed interface LogState {
    /**
     * What another slot over the same files starts from.
     *
     * @param left how the files of a log are left that is loaded now
     */
    LogStart startAfter(LogStart.Files left);

    /** Null if its files were never looked at. */
    @Nullable
    LoadedLog loaded();

    /**
     * It begins empty; its files appear with its first record.
     *
     * @param pendingEpoch that a leader began, and that starts at the log end; -1 if there is none
     */
    record New(long startOffset, int pendingEpoch) implements LogState {
        @Override
        public LogStart startAfter(LogStart.Files left) {
            return new LogStart(startOffset, startOffset, startOffset, LogStart.Files.CLOSED);
        }

        @Override
        public @Nullable LoadedLog loaded() {
            return null;
        }
    }

    /** It was there when this process began, and nobody has looked at its files yet; {@code start} is what checkpoints say. */
    record Found(LogStart start, int pendingEpoch) implements LogState {
        @Override
        public LogStart startAfter(LogStart.Files left) {
            return start;
        }

        @Override
        public @Nullable LoadedLog loaded() {
            return null;
        }
    }

    /** It is served. */
    record Loaded(LoadedLog log) implements LogState {
        @Override
        public LogStart startAfter(LogStart.Files left) {
            LogSnapshot last = log.snapshot();
            return new LogStart(log.recoveryPoint(), last.logStartOffset(), last.highWatermark(), left);
        }

        @Override
        public LoadedLog loaded() {
            return log;
        }
    }

    /** An I/O error took it out of service, its own or its directory's. */
    record Offline(LogStart start, @Nullable LoadedLog loaded) implements LogState {
        @Override
        public LogStart startAfter(LogStart.Files left) {
            return start;
        }
    }

    /** It was closed, deleted or superseded: the error of a late reader is no failure of the disk. */
    record Retired(LogStart start, @Nullable LoadedLog loaded) implements LogState {
        @Override
        public LogStart startAfter(LogStart.Files left) {
            return start;
        }
    }
}
