package io.milena.log;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Fields of a v2 record batch, read and written straight on the bytes: {@code at} is the index of the batch's first byte.
 * No object per batch, for the append and scan paths.
 */
final class BatchHeader {
    /** Bytes before the records. */
    static final int SIZE = 61;
    /** Bytes that the length field does not count: base offset and the length itself. */
    static final int LENGTH_EXCLUDES = 12;

    static final int MAGIC_AT = 16;
    private static final int LENGTH_AT = 8;
    private static final int EPOCH_AT = 12;
    private static final int CRC_AT = 17;
    private static final int ATTRIBUTES_AT = 21;
    /** Where the bytes begin that the CRC covers. */
    static final int CHECKED_FROM = ATTRIBUTES_AT;

    private static final int LAST_OFFSET_DELTA_AT = 23;
    private static final int BASE_TIMESTAMP_AT = 27;
    private static final int MAX_TIMESTAMP_AT = 35;
    private static final int PRODUCER_ID_AT = 43;
    private static final int PRODUCER_EPOCH_AT = 51;
    private static final int BASE_SEQUENCE_AT = 53;
    private static final int COUNT_AT = 57;

    private static final int COMPRESSION_MASK = 0x07;
    private static final int LOG_APPEND_TIME = 0x08;
    private static final int TRANSACTIONAL = 0x10;
    private static final int CONTROL = 0x20;

    private BatchHeader() {}

    static long baseOffset(ByteBuffer b, int at) {
        return b.getLong(at);
    }

    static long lastOffset(ByteBuffer b, int at) {
        return b.getLong(at) + b.getInt(at + LAST_OFFSET_DELTA_AT);
    }

    static int lastOffsetDelta(ByteBuffer b, int at) {
        return b.getInt(at + LAST_OFFSET_DELTA_AT);
    }

    /** The length field: bytes of the batch without {@link #LENGTH_EXCLUDES}. */
    static int length(ByteBuffer b, int at) {
        return b.getInt(at + LENGTH_AT);
    }

    /** Whole size in bytes. */
    static int size(ByteBuffer b, int at) {
        return b.getInt(at + LENGTH_AT) + LENGTH_EXCLUDES;
    }

    static int leaderEpoch(ByteBuffer b, int at) {
        return b.getInt(at + EPOCH_AT);
    }

    static byte magic(ByteBuffer b, int at) {
        return b.get(at + MAGIC_AT);
    }

    static long maxTimestamp(ByteBuffer b, int at) {
        return b.getLong(at + MAX_TIMESTAMP_AT);
    }

    static long baseTimestamp(ByteBuffer b, int at) {
        return b.getLong(at + BASE_TIMESTAMP_AT);
    }

    static long producerId(ByteBuffer b, int at) {
        return b.getLong(at + PRODUCER_ID_AT);
    }

    static short producerEpoch(ByteBuffer b, int at) {
        return b.getShort(at + PRODUCER_EPOCH_AT);
    }

    static int baseSequence(ByteBuffer b, int at) {
        return b.getInt(at + BASE_SEQUENCE_AT);
    }

    static int count(ByteBuffer b, int at) {
        return b.getInt(at + COUNT_AT);
    }

    static int compressionId(ByteBuffer b, int at) {
        return b.getShort(at + ATTRIBUTES_AT) & COMPRESSION_MASK;
    }

    static boolean isLogAppendTime(ByteBuffer b, int at) {
        return (b.getShort(at + ATTRIBUTES_AT) & LOG_APPEND_TIME) != 0;
    }

    static boolean isTransactional(ByteBuffer b, int at) {
        return (b.getShort(at + ATTRIBUTES_AT) & TRANSACTIONAL) != 0;
    }

    static boolean isControl(ByteBuffer b, int at) {
        return (b.getShort(at + ATTRIBUTES_AT) & CONTROL) != 0;
    }

    /** Sequence of the last record; wraps from Integer.MAX_VALUE to 0. -1 without sequences. */
    static int lastSequence(ByteBuffer b, int at) {
        int base = baseSequence(b, at);
        if (base < 0) {
            return -1;
        }
        int delta = lastOffsetDelta(b, at);
        return base > Integer.MAX_VALUE - delta ? delta - (Integer.MAX_VALUE - base) - 1 : base + delta;
    }

    /** Base offset and leader epoch lie before the checksummed part: assigning them leaves the CRC valid. */
    static void assign(ByteBuffer b, int at, long baseOffset, int leaderEpoch) {
        b.putLong(at, baseOffset);
        b.putInt(at + EPOCH_AT, leaderEpoch);
    }

    /** Sets the largest timestamp and what it is; false if both are there already. The CRC is left to the caller. */
    static boolean setMaxTimestamp(ByteBuffer b, int at, long timestampMs, boolean logAppendTime) {
        if (maxTimestamp(b, at) == timestampMs && isLogAppendTime(b, at) == logAppendTime) {
            return false;
        }
        int attributes = b.getShort(at + ATTRIBUTES_AT);
        int changed = logAppendTime ? attributes | LOG_APPEND_TIME : attributes & ~LOG_APPEND_TIME;
        b.putShort(at + ATTRIBUTES_AT, (short) changed);
        b.putLong(at + MAX_TIMESTAMP_AT, timestampMs);
        return true;
    }

    /** Sets the codec. The CRC is left to the caller. */
    static void setCompression(ByteBuffer b, int at, int codecId) {
        int others = b.getShort(at + ATTRIBUTES_AT) & ~COMPRESSION_MASK;
        b.putShort(at + ATTRIBUTES_AT, (short) (others | codecId));
    }

    /** Sets the whole size in bytes. The length field is outside of the checksummed part. */
    static void setSize(ByteBuffer b, int at, int size) {
        b.putInt(at + LENGTH_AT, size - LENGTH_EXCLUDES);
    }

    static void renewCrc(ByteBuffer b, int at) {
        b.putInt(at + CRC_AT, (int) computeCrc(b, at, size(b, at)));
    }

    static boolean crcMatches(ByteBuffer b, int at, int size) {
        return (int) computeCrc(b, at, size) == b.getInt(at + CRC_AT);
    }

    static long storedCrc(ByteBuffer b, int at) {
        return b.getInt(at + CRC_AT) & 0xffffffffL;
    }

    static long computeCrc(ByteBuffer b, int at, int size) {
        int position = b.position();
        int limit = b.limit();
        CRC32C crc = new CRC32C();
        b.limit(at + size).position(at + CHECKED_FROM);
        crc.update(b);
        b.limit(limit).position(position);
        return crc.getValue();
    }
}
