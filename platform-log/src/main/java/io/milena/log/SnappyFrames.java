package io.milena.log;

import java.nio.ByteBuffer;
import org.apache.kafka.common.InvalidRecordException;

/**
 * Looks over the framing of a snappy payload before the library unpacks it: the library allocates what a block says about
 * its sizes, and calls itself once per repeated stream header.
 */
final class SnappyFrames {
    /** The first eight bytes of snappy-java's stream format. */
    private static final long MAGIC = 0x82534e4150505900L;

    private static final int MAGIC_START = (int) (MAGIC >>> 32);
    private static final int HEADER_SIZE = 16;
    /** Three bytes of a snappy block stand for at most 64: no block unpacks to more than this times its size. */
    private static final int LARGEST_RATIO = 22;
    /** Streams may be concatenated, but nobody writes headers with nothing between them. */
    private static final int MOST_HEADERS_IN_A_ROW = 16;

    private static final int LONGEST_VARINT = 5;

    private SnappyFrames() {}

    /**
     * @param from where the payload begins in {@code b}
     * @param to where it ends
     * @throws InvalidRecordException if a block claims sizes it cannot have
     */
    static void check(ByteBuffer b, int from, int to) {
        if (to - from < HEADER_SIZE || b.getLong(from) != MAGIC) {
            checkBlock(b, from, to);
            return;
        }
        int headers = 1;
        int at = from + HEADER_SIZE;
        while (to - at >= Integer.BYTES) {
            int size = b.getInt(at);
            if (size == MAGIC_START && to - at >= HEADER_SIZE) {
                if (++headers > MOST_HEADERS_IN_A_ROW) {
                    throw new InvalidRecordException("Snappy stream with " + headers + " headers in a row");
                }
                at += HEADER_SIZE;
                continue;
            }
            at += Integer.BYTES;
            if (size <= 0 || size > to - at) {
                throw new InvalidRecordException(
                        "Snappy block claims " + size + " bytes, " + (to - at) + " are left in the batch");
            }
            checkBlock(b, at, at + size);
            at += size;
            headers = 0;
        }
    }

    /** A block begins with its unpacked size. */
    private static void checkBlock(ByteBuffer b, int from, int to) {
        long claimed = 0;
        for (int i = 0; i < LONGEST_VARINT && from + i < to; i++) {
            byte next = b.get(from + i);
            claimed |= (next & 0x7fL) << (7 * i);
            if (next >= 0) {
                break;
            }
        }
        if (claimed > (long) (to - from) * LARGEST_RATIO) {
            throw new InvalidRecordException(
                    "Snappy block of " + (to - from) + " bytes claims to unpack to " + claimed + " bytes");
        }
    }
}
