package io.milena.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.jspecify.annotations.Nullable;

/** Lookups over segments, without the partition's lock. */
final class LogReader {
    private LogReader() {}

    /**
     * Records from the batch that holds {@code offset} on, from one segment.
     *
     * @param end log end, read before {@code segments}
     * @param maxOffset nothing from this offset on; greater than {@code offset}
     */
    static LogRead read(
            Segment[] segments,
            LogOffsetMetadata end,
            long logStart,
            long offset,
            int maxBytes,
            long maxOffset,
            boolean minOneBatch)
            throws IOException {
        for (int i = Math.max(0, LogSegments.floor(segments, offset)); i < segments.length; i++) {
            Segment segment = segments[i];
            if (segment.baseOffset() >= maxOffset || segment.baseOffset() > end.segmentBaseOffset()) {
                break;
            }
            boolean last = segment.baseOffset() == end.segmentBaseOffset();
            int segmentEnd = last ? end.relativePosition() : segment.size();
            if (segmentEnd == 0) {
                continue;
            }
            LogFile file = segment.file();
            file.acquire();
            LogSlice slice = null;
            try {
                long found = segment.find(offset, segmentEnd);
                if (found == Segment.NONE) {
                    continue;
                }
                int position = (int) (found >>> 32);
                boolean endsHere = maxOffset < end.offset()
                        && (i + 1 == segments.length || maxOffset < segments[i + 1].baseOffset());
                int limit =
                        endsHere ? segment.positionOf(maxOffset, segmentEnd, (long) position + maxBytes) : segmentEnd;
                slice = slice(file, position, limit, (int) found, maxBytes, minOneBatch);
                LogOffsetMetadata start = new LogOffsetMetadata(offset, segment.baseOffset(), position);
                return new LogRead(slice, start, logStart, end.offset());
            } finally {
                if (slice == null || slice.sizeInBytes() == 0) {
                    file.release();
                }
            }
        }
        return nothing(offset, logStart, end);
    }

    static LogRead nothing(long offset, long logStart, LogOffsetMetadata end) {
        LogOffsetMetadata start = offset == end.offset() ? end : LogOffsetMetadata.offsetOnly(offset);
        return new LogRead(LogSlice.EMPTY, start, logStart, end.offset());
    }

    private static LogSlice slice(
            LogFile file, int position, int limit, int firstBatch, int maxBytes, boolean minOneBatch) {
        int available = limit - position;
        int length = Math.min(maxBytes, available);
        if (length < firstBatch) {
            length = minOneBatch && firstBatch <= available ? firstBatch : 0;
        }
        return length == 0 ? LogSlice.EMPTY : new LogSlice(file, position, length);
    }

    /** First record at or after {@code startOffset} with a timestamp of at least {@code timestampMs}. */
    static @Nullable TimestampOffset findByTimestamp(Segment[] segments, long timestampMs, long startOffset)
            throws IOException {
        for (Segment segment : segments) {
            if (segment.size() == 0) {
                continue;
            }
            segment.file().acquire();
            try {
                if (segment.maxTimestampMs() >= timestampMs) {
                    TimestampOffset found = findInSegment(segment, timestampMs, startOffset);
                    if (found != null) {
                        return found;
                    }
                }
            } finally {
                segment.file().release();
            }
        }
        return null;
    }

    private static @Nullable TimestampOffset findInSegment(Segment segment, long timestampMs, long startOffset)
            throws IOException {
        long from = Math.max(segment.times().floorOffset(timestampMs), startOffset);
        int position = segment.offsets().floorPosition(from);
        BatchScanner scanner = new BatchScanner(segment.file(), position, segment.size(), BatchScanner.SCAN_WINDOW);
        while (scanner.next()) {
            if (scanner.maxTimestamp() >= timestampMs && scanner.lastOffset() >= startOffset) {
                TimestampOffset found = findInBatch(scanner, timestampMs, startOffset);
                if (found != null) {
                    return found;
                }
            }
        }
        return null;
    }

    /**
     * The batch's header may lie: it may be older than the check of what clients send.
     *
     * @throws CorruptRecordException its bytes are spoilt
     * @throws org.apache.kafka.common.errors.ApiException its records cannot be read
     */
    private static @Nullable TimestampOffset findInBatch(BatchScanner scanner, long timestampMs, long startOffset)
            throws IOException {
        if (!scanner.loadIfIntact()) {
            throw new CorruptRecordException("The batch at position " + scanner.position() + " is corrupt");
        }
        ByteBuffer b = scanner.buffer();
        int at = scanner.at();
        boolean appendTime = BatchHeader.isLogAppendTime(b, at);
        long batchMs = BatchHeader.maxTimestamp(b, at);
        try (BatchRecords records = new BatchRecords(b, at)) {
            while (records.next()) {
                long recordMs = appendTime ? batchMs : records.timestampMs();
                if (recordMs >= timestampMs && records.offset() >= startOffset) {
                    return new TimestampOffset(recordMs, records.offset(), BatchHeader.leaderEpoch(b, at));
                }
            }
        }
        return null;
    }

    /** First record with the largest timestamp of all. */
    static @Nullable TimestampOffset findMaxTimestamp(Segment[] segments, long startOffset) throws IOException {
        Segment newest = null;
        long max = Segment.NONE;
        for (Segment segment : segments) {
            if (segment.size() > 0 && maxTimestampOf(segment) > max) {
                newest = segment;
                max = maxTimestampOf(segment);
            }
        }
        if (newest == null) {
            return null;
        }
        newest.file().acquire();
        try {
            int position = newest.offsets().floorPosition(newest.maxTimestampOffset());
            BatchScanner scanner = new BatchScanner(newest.file(), position, newest.size(), BatchScanner.LOOKUP_WINDOW);
            while (scanner.next()) {
                if (scanner.maxTimestamp() == newest.maxTimestampMs()) {
                    return findInBatch(scanner, newest.maxTimestampMs(), startOffset);
                }
            }
            return null;
        } finally {
            newest.file().release();
        }
    }

    private static long maxTimestampOf(Segment segment) throws IOException {
        segment.file().acquire();
        try {
            return segment.maxTimestampMs();
        } finally {
            segment.file().release();
        }
    }

    /** Aborted transactions that overlap offsets from {@code start} to before {@code end}. */
    static List<AbortedTransaction> aborted(Segment[] segments, long start, long end) throws IOException {
        List<AbortedTransaction> found = null;
        for (int i = Math.max(0, LogSegments.floor(segments, start)); i < segments.length; i++) {
            for (AbortedTransaction aborted : segments[i].aborts().entries()) {
                if (aborted.lastOffset() >= start && aborted.firstOffset() < end) {
                    found = found == null ? new ArrayList<>() : found;
                    found.add(aborted);
                }
                // Transactions behind this one began at or after its last stable offset: none can overlap any more.
                if (aborted.lastStableOffset() >= end) {
                    return found == null ? List.of() : found;
                }
            }
        }
        return found == null ? List.of() : found;
    }

    /** Whether a read failed because its segment was deleted under it: the caller looks at the segments again. */
    static boolean lostRace(IOException e) {
        return e instanceof ClosedChannelException || e instanceof NoSuchFileException;
    }
}
