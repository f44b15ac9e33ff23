package io.milena.log;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.apache.kafka.common.InvalidRecordException;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a batch's records, read from front to back: in place if the batch is not compressed, else unpacked through a
 * window of fixed size. Allocates nothing that depends on what the bytes say.
 */
final class RecordBytes implements AutoCloseable {
    private static final int MAX_VARINT_SHIFT = 28;
    private static final int MAX_VARLONG_SHIFT = 63;
    private static final RecordBytes NONE = new RecordBytes();

    private final @Nullable Decompression packed;
    private final @Nullable OutputStream copy;
    private final ByteBuffer buffer;
    private int at;
    private int end;
    /** What to add to an index in the buffer to get the position among the records' bytes. */
    private long shift;

    /** Sees some bytes of a field; called several times for one that is longer than the window. */
    @FunctionalInterface
    interface Sink {
        void take(ByteBuffer bytes, int at, int length);
    }

    /**
     * @param at where the batch begins in {@code batch}; its length was checked
     * @param copy gets all bytes of the records as they are read, unpacked; null if nobody wants them
     */
    RecordBytes(ByteBuffer batch, int at, @Nullable OutputStream copy) {
        this.copy = copy;
        if (BatchHeader.compressionId(batch, at) == 0) {
            this.packed = null;
            this.buffer = batch;
            this.at = at + BatchHeader.SIZE;
            this.end = at + BatchHeader.size(batch, at);
            this.shift = -this.at;
            copy();
        } else {
            this.packed = new Decompression(batch, at);
            this.buffer = packed.window();
        }
    }

    /** No bytes: a batch without records may lack a payload that its codec could unpack. */
    static RecordBytes none() {
        return NONE;
    }

    private RecordBytes() {
        this.packed = null;
        this.copy = null;
        this.buffer = ByteBuffer.allocate(0);
    }

    /** How many bytes were read. */
    long position() {
        return shift + at;
    }

    /** Whether no byte is left. */
    boolean isAtEnd() {
        return at == end && !refill();
    }

    /** The buffer whose bytes from {@link #index()} on come next. */
    ByteBuffer buffer() {
        return buffer;
    }

    int index() {
        return at;
    }

    /** Goes on at {@code index} of the buffer. */
    void index(int index) {
        at = index;
    }

    /** Whether the next {@code count} bytes are in the buffer already. */
    boolean holds(int count) {
        return count <= end - at;
    }

    /** False if {@code bytes} cannot follow; of a compressed batch nobody knows before they are unpacked. */
    boolean mayHold(long bytes) {
        return packed != null || bytes <= end - at;
    }

    private boolean refill() {
        if (packed == null) {
            return false;
        }
        shift += end;
        at = 0;
        end = packed.fill();
        if (shift + end > Integer.MAX_VALUE) {
            throw new InvalidRecordException("The records of a batch unpack to more than 2 GB");
        }
        copy();
        return end > 0;
    }

    private void copy() {
        if (copy == null) {
            return;
        }
        try {
            if (buffer.hasArray()) {
                copy.write(buffer.array(), buffer.arrayOffset() + at, end - at);
            } else {
                byte[] bytes = new byte[end - at];
                buffer.get(at, bytes);
                copy.write(bytes);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    byte next() {
        if (at == end && !refill()) {
            throw new InvalidRecordException("The records end before the batch does");
        }
        return buffer.get(at++);
    }

    /** A zigzag-encoded number of up to 32 bits. */
    int varint() {
        byte first = next();
        int value = first & 0x7f;
        if (first < 0) {
            value |= moreOf32();
        }
        return (value >>> 1) ^ -(value & 1);
    }

    private int moreOf32() {
        int value = 0;
        for (int shift = 7; shift <= MAX_VARINT_SHIFT; shift += 7) {
            byte b = next();
            value |= (b & 0x7f) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw new InvalidRecordException("A number is longer than 32 bits");
    }

    /** A zigzag-encoded number of up to 64 bits. */
    long varlong() {
        long value = 0;
        for (int shift = 0; shift <= MAX_VARLONG_SHIFT; shift += 7) {
            byte b = next();
            value |= (b & 0x7fL) << shift;
            if (b >= 0) {
                return (value >>> 1) ^ -(value & 1);
            }
        }
        throw new InvalidRecordException("A number is longer than 64 bits");
    }

    /** Passes over {@code count} bytes, all of which {@code sink} sees if there is one. */
    void skip(int count, @Nullable Sink sink) {
        int left = count;
        while (left > end - at) {
            if (sink != null && end > at) {
                sink.take(buffer, at, end - at);
            }
            left -= end - at;
            at = end;
            if (!refill()) {
                throw new InvalidRecordException("The records end " + left + " bytes before a field does");
            }
        }
        if (sink != null && left > 0) {
            sink.take(buffer, at, left);
        }
        at += left;
    }

    @Override
    public void close() {
        if (packed != null) {
            packed.close();
        }
    }
}
