package io.milena.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.protocol.Readable;
import org.apache.kafka.common.protocol.types.RawTaggedField;
import org.apache.kafka.common.utils.ByteUtils;

/**
 * Reads a message body from a view of the network buffer, without copying {@code records}, and bounds what a peer can make
 * us allocate.
 *
 * <p>The generated code asks {@link #remaining()} for one purpose only: to compare an array's length with it before it
 * allocates the array. Answering with the lowest of what is there and what is granted bounds every array of every message;
 * the limits are those of Kafka 4.4.
 */
final class RequestReader implements Readable {

    static final int MAX_ARRAY_ELEMENTS = 1_000_000;
    static final int MAX_ELEMENTS = 4_000_000;
    static final int MAX_TAGGED_FIELDS = 10_000;

    private final ByteBuffer buffer;
    private int lastLength;
    private int elementsLeft = MAX_ELEMENTS;
    private int taggedFieldsLeft = MAX_TAGGED_FIELDS;

    RequestReader(ByteBuffer buffer) {
        this.buffer = buffer;
    }

    @Override
    public byte readByte() {
        return buffer.get();
    }

    @Override
    public short readShort() {
        return buffer.getShort();
    }

    @Override
    public int readInt() {
        lastLength = buffer.getInt();
        return lastLength;
    }

    @Override
    public long readLong() {
        return buffer.getLong();
    }

    @Override
    public double readDouble() {
        return buffer.getDouble();
    }

    @Override
    public byte[] readArray(int length) {
        requireBytes(length);
        byte[] array = new byte[length];
        buffer.get(array);
        return array;
    }

    @Override
    public String readString(int length) {
        return new String(readArray(length), StandardCharsets.UTF_8);
    }

    @Override
    public int readUnsignedVarint() {
        int value = ByteUtils.readUnsignedVarint(buffer);
        lastLength = value - 1;
        return value;
    }

    @Override
    public ByteBuffer readByteBuffer(int length) {
        requireBytes(length);
        ByteBuffer slice = buffer.slice(buffer.position(), length);
        buffer.position(buffer.position() + length);
        return slice;
    }

    @Override
    public int readVarint() {
        return ByteUtils.readVarint(buffer);
    }

    @Override
    public long readVarlong() {
        return ByteUtils.readVarlong(buffer);
    }

    /** The longest array that may follow: see the class comment. The array's length was the last thing that was read. */
    @Override
    public int remaining() {
        int granted = Math.min(Math.min(buffer.remaining(), MAX_ARRAY_ELEMENTS), elementsLeft);
        if (lastLength > 0 && lastLength <= granted) {
            elementsLeft -= lastLength;
        }
        return granted;
    }

    @Override
    public Readable slice() {
        return new RequestReader(buffer.slice());
    }

    @Override
    public List<RawTaggedField> readUnknownTaggedField(List<RawTaggedField> fields, int tag, int size) {
        if (--taggedFieldsLeft < 0) {
            throw new InvalidRequestException("The message has more than " + MAX_TAGGED_FIELDS + " unknown fields.");
        }
        return Readable.super.readUnknownTaggedField(fields, tag, size);
    }

    private void requireBytes(int length) {
        if (length < 0 || length > buffer.remaining()) {
            throw new InvalidRequestException(
                    "A field of " + length + " bytes is announced, but " + buffer.remaining() + " are left.");
        }
    }
}
