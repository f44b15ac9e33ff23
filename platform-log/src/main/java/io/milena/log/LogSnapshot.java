package io.milena.log;

/**
 * What readers see of a log, all of one moment: published at once with each change, so that no two of these can be read from
 * before and after it. The array is never changed.
 *
 * @param segments by base offset; never empty
 * @param end the log end, behind the last byte of the last segment
 * @param logStartOffset first offset that may be read
 * @param highWatermark between the two
 * @param firstUnstableOffset of an open transaction, or one whose marker is not below the high watermark yet; -1 if there is none
 */
record LogSnapshot(
        Segment[] segments, LogOffsetMetadata end, long logStartOffset, long highWatermark, long firstUnstableOffset) {

    Segment active() {
        return segments[segments.length - 1];
    }

    long endOffset() {
        return end.offset();
    }

    /** Smaller of the high watermark and the first unstable offset. */
    long lastStableOffset() {
        return firstUnstableOffset >= 0 && firstUnstableOffset < highWatermark
                ? Math.max(firstUnstableOffset, logStartOffset)
                : highWatermark;
    }

    long sizeInBytes() {
        return LogSegments.sizeBelow(segments, Long.MAX_VALUE);
    }
}
