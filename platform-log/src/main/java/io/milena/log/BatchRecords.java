package io.milena.log;

import java.io.OutputStream;
import java.nio.ByteBuffer;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.UnknownServerException;
import org.jspecify.annotations.Nullable;

/**
 * The records of one batch, one after the other, each checked against the format as it is read: whoever gets to the end
 * without an exception has a batch that Kafka's clients can read. Used for batches of clients before they are written, and
 * for batches on the disk, which may have been written before there was such a check. Allocates nothing per record.
 *
 * <p>{@link #next} and the constructor throw {@link InvalidRecordException} for a record that is malformed and {@link
 * UnknownServerException} for a payload that cannot be unpacked. Not to be used any more after that, but closed.
 */
final class BatchRecords implements AutoCloseable {
    private final RecordBytes bytes;
    private final int count;
    private final long baseOffset;
    private final long baseTimestamp;
    private RecordBytes.@Nullable Sink keys;
    private RecordBytes.@Nullable Sink values;
    private int index = -1;
    private int offsetDelta;
    private long timestampMs;
    private boolean hasKey;

    /** @param at where the batch begins in {@code batch}; its length was checked */
    BatchRecords(ByteBuffer batch, int at) {
        this(batch, at, null);
    }

    /** @param copy gets the records' bytes, unpacked, by the time that {@link #next} has said false; null if not wanted */
    BatchRecords(ByteBuffer batch, int at, @Nullable OutputStream copy) {
        this.count = BatchHeader.count(batch, at);
        if (count < 0) {
            throw new InvalidRecordException("Found invalid record count " + count + " in a batch");
        }
        this.baseOffset = BatchHeader.baseOffset(batch, at);
        this.baseTimestamp = BatchHeader.baseTimestamp(batch, at);
        this.bytes = count == 0 ? RecordBytes.none() : new RecordBytes(batch, at, copy);
    }

    /** {@code sink} sees the bytes of all keys from now on. */
    BatchRecords keysTo(RecordBytes.Sink sink) {
        keys = sink;
        return this;
    }

    /** {@code sink} sees the bytes of all values from now on. */
    BatchRecords valuesTo(RecordBytes.Sink sink) {
        values = sink;
        return this;
    }

    /** Reads the next record; false if there is none. */
    boolean next() {
        if (index + 1 >= count) {
            if (!bytes.isAtEnd()) {
                throw new InvalidRecordException("Bytes follow the last of " + count + " records");
            }
            return false;
        }
        index++;
        int size = bytes.varint();
        if (size <= 0 || !bytes.mayHold(size)) {
            throw malformed("its size of " + size + " bytes does not fit the batch");
        }
        if (bytes.holds(size)) {
            readHeld(bytes.buffer(), bytes.index(), bytes.index() + size);
        } else {
            readBody(bytes.position() + size);
        }
        return true;
    }

    /**
     * As {@link #readBody}, for a record that is in the buffer as a whole, which nearly all are: the index is a local
     * variable, not a field that has to be loaded and stored for each byte.
     */
    private void readHeld(ByteBuffer b, int from, int end) {
        int at = from + 1; // attributes: none is defined
        if (at < end && b.get(at) >= 0) {
            timestampMs = baseTimestamp + unzigzag(b.get(at++));
        } else {
            bytes.index(at);
            timestampMs = baseTimestamp + bytes.varlong();
            at = bytes.index();
        }
        long delta = varint(b, at, end);
        offsetDelta = number(delta);
        long key = varint(b, next(delta), end);
        hasKey = number(key) >= 0;
        long value = varint(b, pass(b, key, end, keys), end);
        long headers = varint(b, pass(b, value, end, values), end);
        at = next(headers);
        if (number(headers) != 0) {
            at = passHeaders(b, headers, end);
        }
        if (at != end) {
            throw malformed("its fields are " + (at - end) + " bytes longer than its size");
        }
        bytes.index(end);
    }

    private int passHeaders(ByteBuffer b, long headers, int end) {
        int count = number(headers);
        int at = next(headers);
        if (count < 0 || count > end - at) {
            throw malformed("it claims " + count + " headers");
        }
        for (int i = 0; i < count; i++) {
            long key = varint(b, at, end);
            if (number(key) < 0) {
                throw malformed("the key of a header is null");
            }
            at = pass(b, varint(b, pass(b, key, end, null), end), end, null);
        }
        return at;
    }

    /** Index behind a field whose length was read. */
    private int pass(ByteBuffer b, long length, int end, RecordBytes.@Nullable Sink sink) {
        int count = number(length);
        int at = next(length);
        if (count <= 0) {
            return at;
        }
        if (count > end - at) {
            throw malformed("a field of " + count + " bytes does not fit it");
        }
        if (sink != null) {
            sink.take(b, at, count);
        }
        return at + count;
    }

    /** A number in the upper, the index behind it in the lower 32 bits. */
    private long varint(ByteBuffer b, int at, int end) {
        byte first = at < end ? b.get(at) : -1;
        if (first >= 0) {
            return packed(first, at + 1);
        }
        byte second = at + 1 < end ? b.get(at + 1) : -1;
        if (second >= 0) {
            return packed(first & 0x7f | second << 7, at + 2);
        }
        bytes.index(at);
        int value = bytes.varint();
        return (long) value << 32 | bytes.index();
    }

    private static long packed(int zigzag, int next) {
        return (long) ((zigzag >>> 1) ^ -(zigzag & 1)) << 32 | next;
    }

    private static int number(long packed) {
        return (int) (packed >> 32);
    }

    private static int next(long packed) {
        return (int) packed;
    }

    private static int unzigzag(byte one) {
        return (one >>> 1) ^ -(one & 1);
    }

    private void readBody(long end) {
        bytes.next(); // attributes: none is defined
        timestampMs = baseTimestamp + bytes.varlong();
        offsetDelta = bytes.varint();
        hasKey = field(bytes.varint(), end, keys);
        field(bytes.varint(), end, values);
        int headers = bytes.varint();
        if (headers < 0 || headers > end - bytes.position()) {
            throw malformed("it claims " + headers + " headers");
        }
        for (int i = 0; i < headers; i++) {
            if (!field(bytes.varint(), end, null)) {
                throw malformed("the key of a header is null");
            }
            field(bytes.varint(), end, null);
        }
        if (bytes.position() != end) {
            throw malformed("its fields are " + (bytes.position() - end) + " bytes longer than its size");
        }
    }

    /** Passes over a field; false if it is null. */
    private boolean field(int length, long end, RecordBytes.@Nullable Sink sink) {
        if (length < 0) {
            return false;
        }
        if (length > end - bytes.position()) {
            throw malformed("a field of " + length + " bytes does not fit it");
        }
        bytes.skip(length, sink);
        return true;
    }

    private InvalidRecordException malformed(String what) {
        return new InvalidRecordException("Record " + index + " of a batch is malformed: " + what);
    }

    /** Place of the current record in the batch, from 0. */
    int index() {
        return index;
    }

    int offsetDelta() {
        return offsetDelta;
    }

    /** Offset of the current record, as far as the batch's base offset was assigned. */
    long offset() {
        return baseOffset + offsetDelta;
    }

    /** The record's own timestamp, whatever the batch says about log append time. */
    long timestampMs() {
        return timestampMs;
    }

    boolean hasKey() {
        return hasKey;
    }

    /** Bytes of the records read so far, unpacked. */
    long position() {
        return bytes.position();
    }

    @Override
    public void close() {
        bytes.close();
    }
}
