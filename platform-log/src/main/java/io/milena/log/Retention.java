package io.milena.log;

import java.io.IOException;
import java.nio.file.Files;

/**
 * Which of a log's oldest segments go: those below the log start and, with cleanup.policy delete, those too old
 * (retention.ms) or too many (retention.bytes). None that reaches above the high watermark, and no empty one.
 */
final class Retention {
    private Retention() {}

    /** How many of the oldest segments are to be deleted; all of them if even the active one is too old. */
    static int deletable(LogSnapshot log, LogConfig config, long nowMs) throws IOException {
        Segment[] all = log.segments();
        long excess = config.retention().bytes() < 0
                ? 0
                : log.sizeInBytes() - config.retention().bytes();
        int count = 0;
        while (count < all.length && all[count].size() > 0 && isDeletable(log, count, excess, config, nowMs)) {
            excess -= all[count].size();
            count++;
        }
        return count;
    }

    private static boolean isDeletable(LogSnapshot log, int i, long excess, LogConfig config, long nowMs)
            throws IOException {
        Segment segment = log.segments()[i];
        boolean last = i == log.segments().length - 1;
        long upper = last ? log.endOffset() : log.segments()[i + 1].baseOffset();
        if (log.highWatermark() < upper) {
            return false;
        }
        if (!last && upper <= log.logStartOffset()) {
            return true;
        }
        if (!config.retention().enabled()) {
            return false;
        }
        if (config.retention().bytes() >= 0 && excess >= segment.size()) {
            return true;
        }
        return config.retention().ms() >= 0
                && nowMs - largestTimestamp(segment) > config.retention().ms();
    }

    /** Largest record timestamp; for records without one, when the file was last written. */
    private static long largestTimestamp(Segment segment) throws IOException {
        long max = segment.maxTimestampMs();
        return max >= 0 ? max : Files.getLastModifiedTime(segment.file().path()).toMillis();
    }
}
