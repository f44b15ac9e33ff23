package io.milena.log;

import java.io.IOException;
import java.util.concurrent.ThreadLocalRandom;

/** When a log begins a new segment: the active one is full, or its time (segment.ms less a part of segment.jitter.ms) is up. */
final class RollPolicy {
    private long jitterMs;

    RollPolicy(LogConfig config) {
        rolled(config);
    }

    /** A segment was begun: the next one's time is drawn anew. */
    void rolled(LogConfig config) {
        long bound = Math.min(config.segments().jitterMs(), config.segments().ms());
        jitterMs = bound > 0 ? ThreadLocalRandom.current().nextLong(bound) : 0;
    }

    /**
     * Whether batches have to go to a new segment.
     *
     * @param bytes their size
     * @param lastOffset their last offset
     * @param timestampMs their newest timestamp, -1 if they carry none
     */
    boolean isDue(Segment active, int bytes, long lastOffset, long timestampMs, LogConfig config, long nowMs)
            throws IOException {
        if (!active.canHold(lastOffset)) {
            return true;
        }
        return active.size() > 0
                && (active.size() > config.segments().bytes() - bytes
                        || active.indexesFull(config.segments().indexBytes())
                        || isTimeUp(active, timestampMs, config, nowMs));
    }

    /** Whether the active segment's time is up without any new records. */
    boolean isTimeUp(Segment active, LogConfig config, long nowMs) throws IOException {
        return active.size() > 0 && isTimeUp(active, nowMs, config, nowMs);
    }

    /** As Kafka, counted in the records' own time if they carry one, else since the segment was created. */
    private boolean isTimeUp(Segment active, long timestampMs, LogConfig config, long nowMs) throws IOException {
        if (config.segments().ms() == Long.MAX_VALUE) {
            return false;
        }
        long first = active.firstTimestampMs();
        long waited = first >= 0 && timestampMs >= 0 ? timestampMs - first : nowMs - active.createdMs();
        return waited > config.segments().ms() - jitterMs;
    }

    /**
     * Where the next segment begins: where this one ends, also in a copy of a compacted log, whose next record may be far
     * ahead. So a gap between two segments shows after a power cut that the end of the first one was lost. Only where the
     * indexes could not tell the offsets from that base, a segment begins at its first record.
     */
    static long nextBase(long endOffset, long firstOffset, long lastOffset) {
        return lastOffset - endOffset <= Integer.MAX_VALUE ? endOffset : firstOffset;
    }
}
