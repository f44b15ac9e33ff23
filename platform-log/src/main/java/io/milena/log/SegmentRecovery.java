package io.milena.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * After a crash a segment's end may be anything: cut short, zeroes, old bytes. Recovery keeps the longest prefix of batches
 * whose length, magic, CRC and offsets are right, cuts the rest, and builds the indexes anew.
 */
final class SegmentRecovery {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentRecovery.class);
    private static final int LEGACY_CRC_AT = 12;
    private static final int LEGACY_HEADER = 17;
    private static final int LEGACY_SMALLEST = 26;

    private SegmentRecovery() {}

    /**
     * Recovers one segment.
     *
     * @param visitor sees each batch kept
     * @return the offset after the last batch kept (the base offset if none)
     */
    static long recover(Segment segment, LogConfig config, BatchVisitor visitor) throws IOException {
        segment.resetIndexes();
        int size = segment.size();
        long next = segment.baseOffset();
        BatchScanner scanner = new BatchScanner(segment.file(), 0, size, BatchScanner.SCAN_WINDOW);
        while (scanner.next() && isValid(scanner, segment, next)) {
            segment.note(
                    scanner.buffer(),
                    scanner.at(),
                    scanner.position(),
                    scanner.size(),
                    config.segments().indexIntervalBytes());
            next = scanner.lastOffset() + 1;
            visitor.visit(scanner.buffer(), scanner.at());
        }
        int valid = scanner.position();
        if (valid < size) {
            refuseOldFormats(segment, valid, size);
            LOG.warn(
                    "{}: bytes {} to {} hold no valid batch and are cut; the log goes on at offset {}",
                    segment.file().path(),
                    valid,
                    size,
                    next);
            segment.cutTail(valid);
        }
        return next;
    }

    /** Whether the scanner's batch is whole, and continues a segment at {@code next}. */
    static boolean isValid(BatchScanner scanner, Segment segment, long next) throws IOException {
        ByteBuffer b = scanner.buffer();
        int at = scanner.at();
        return BatchHeader.magic(b, at) == 2
                && BatchHeader.baseOffset(b, at) >= next
                && BatchHeader.lastOffsetDelta(b, at) >= 0
                && segment.canHold(scanner.lastOffset())
                && scanner.crcMatches();
    }

    /**
     * The offset after the last batch, looked up from the last index entry on.
     *
     * @return -1 if the end of the file is not the end of a batch: the segment has to be recovered
     */
    static long nextOffset(Segment segment) throws IOException {
        int size = segment.size();
        long next = segment.baseOffset();
        BatchScanner scanner =
                new BatchScanner(segment.file(), segment.offsets().lastPosition(), size, BatchScanner.SCAN_WINDOW);
        while (scanner.next()) {
            if (BatchHeader.magic(scanner.buffer(), scanner.at()) != 2 || scanner.lastOffset() < next) {
                return -1;
            }
            next = scanner.lastOffset() + 1;
        }
        return scanner.position() == size ? next : -1;
    }

    /** Records older than Kafka 0.11 are nothing torn: they must not be cut, and we cannot serve them. */
    static void refuseOldFormats(Segment segment, int position, int end) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(LEGACY_HEADER);
        if (segment.file().read(header, position) < LEGACY_HEADER) {
            return;
        }
        byte magic = header.get(BatchHeader.MAGIC_AT);
        int size = BatchHeader.size(header, 0);
        if ((magic != 0 && magic != 1) || size < LEGACY_SMALLEST || size > end - position) {
            return;
        }
        if (legacyCrc(segment, (long) position + BatchHeader.MAGIC_AT, (long) position + size)
                == header.getInt(LEGACY_CRC_AT)) {
            throw new IOException(segment.file().path() + " holds records of message format " + magic + " at position "
                    + position + "; only format 2 (Kafka 0.11 and later) can be served");
        }
    }

    /** The length is no more to be trusted than the rest: the bytes are looked at in portions. */
    private static int legacyCrc(Segment segment, long from, long to) throws IOException {
        ByteBuffer portion = ByteBuffer.allocate(BatchScanner.SCAN_WINDOW);
        CRC32 crc = new CRC32();
        for (long at = from; at < to; at += portion.limit()) {
            portion.clear().limit((int) Math.min(portion.capacity(), to - at));
            if (segment.file().read(portion, at) == 0) {
                return 0;
            }
            portion.flip();
            crc.update(portion);
            portion.rewind();
        }
        return (int) crc.getValue();
    }
}
