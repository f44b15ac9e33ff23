package io.milena.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.jspecify.annotations.Nullable;

/** Reads a segment in portions of whole batches. */
final class SegmentBatches {
    private static final int PORTION_BYTES = 1 << 20;

    private final Segment segment;
    private ByteBuffer buffer = ByteBuffer.allocate(PORTION_BYTES);
    private int position;

    /** @param from a position where a batch begins */
    SegmentBatches(Segment segment, int from) {
        this.segment = segment;
        this.position = from;
    }

    /** The next batches, valid until the next call; null at the end. The caller holds the segment's file. */
    @Nullable
    MemoryRecords next() throws IOException {
        int left = segment.size() - position;
        if (left < BatchHeader.SIZE) {
            return null;
        }
        int whole = fill(left);
        if (whole == 0) {
            int needed = BatchHeader.size(buffer, 0);
            if (needed > left || needed <= buffer.capacity()) {
                throw new CorruptRecordException(segment.file().path() + " holds no whole batch at " + position);
            }
            BatchScanner scanner = new BatchScanner(segment.file(), position, segment.size(), BatchHeader.SIZE);
            if (!scanner.next() || !scanner.crcMatches()) {
                throw new CorruptRecordException(
                        segment.file().path() + " holds a batch at " + position + " whose length or checksum is wrong");
            }
            buffer = ByteBuffer.allocate(needed);
            whole = fill(left);
        }
        position += whole;
        buffer.position(0).limit(whole);
        return MemoryRecords.readableRecords(buffer.slice());
    }

    /** Bytes of whole batches in the buffer. */
    private int fill(int left) throws IOException {
        buffer.clear().limit(Math.min(left, buffer.capacity()));
        int read = segment.file().read(buffer, position);
        int whole = 0;
        while (read - whole >= BatchHeader.SIZE) {
            int size = BatchHeader.size(buffer, whole);
            if (size < BatchHeader.SIZE || size > read - whole) {
                break;
            }
            whole += size;
        }
        return whole;
    }
}
