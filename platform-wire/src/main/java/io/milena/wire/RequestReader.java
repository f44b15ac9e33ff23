package io.milena.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Readable;
import org.apache.kafka.common.protocol.types.RawTaggedField;
import org.apache.kafka.common.utils.ByteUtils;
import org.jspecify.annotations.Nullable;

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

    /** A request with more elements is decoded on another thread, so that an event loop's other connections need not wait. */
    static final int MAX_ELEMENTS_ON_LOOP = 4_096;

    /** A field below this is not worth counting: a request has few, and its elements are counted. */
    private static final int COUNTED_FIELD_BYTES = 1_024;

    private static final long MAX_DECODING_NS = TimeUnit.SECONDS.toNanos(5);
    private static final int READS_BETWEEN_CLOCKS = 256;

    private final ByteBuffer buffer;
    private final @Nullable RequestMemory memory;
    private final int maxElements;
    private final int maxArray;
    private final long deadlineNs;
    private int reads;
    private int lastLength;
    private int elementsLeft = MAX_ELEMENTS;
    private int taggedFieldsLeft = MAX_TAGGED_FIELDS;
    private long heapBytes;
    private long takenBytes;

    /** Reads what may be trusted: another node's answer. */
    RequestReader(ByteBuffer buffer) {
        this(buffer, null, MAX_ELEMENTS, MAX_ELEMENTS);
    }

    private RequestReader(ByteBuffer buffer, @Nullable RequestMemory memory, int maxElements, int maxArray) {
        this.buffer = buffer;
        this.maxArray = maxArray;
        this.memory = memory;
        this.maxElements = maxElements;
        this.deadlineNs =
                memory == null || maxElements == MAX_ELEMENTS_ON_LOOP ? 0 : System.nanoTime() + MAX_DECODING_NS;
    }

    /** Reads a client's request; {@link TooLargeForLoopException} says that it is one for {@link #elsewhere}. */
    static RequestReader onLoop(ApiKeys api, ByteBuffer buffer, RequestMemory memory) {
        int maxArray = CollidingKeys.mayBeIn(api) ? CollidingKeys.MIN_ELEMENTS - 1 : MAX_ELEMENTS_ON_LOOP;
        return new RequestReader(buffer, memory, MAX_ELEMENTS_ON_LOOP, maxArray);
    }

    /** Reads a client's request on a thread that may take its time, up to some seconds. */
    static RequestReader elsewhere(ByteBuffer buffer, RequestMemory memory) {
        return new RequestReader(buffer, memory, MAX_ELEMENTS, MAX_ELEMENTS);
    }

    /** Walks the body before it is decoded, where that is not done on an event loop and on behalf of a client. */
    void checkKeys(ApiKeys api, short version) {
        if (memory == null || maxElements == MAX_ELEMENTS_ON_LOOP) {
            return;
        }
        RequestReader counting = elsewhere(buffer, memory);
        try {
            CollidingKeys.refuse(api, version, buffer.duplicate(), counting);
        } finally {
            counting.giveBack();
        }
    }

    /** An array of so many elements follows in {@code left} bytes: counts it. */
    void expect(int elements, int left) {
        if (elements > Math.min(left, Math.min(MAX_ARRAY_ELEMENTS, elementsLeft))) {
            throw new InvalidRequestException(
                    "An array of " + elements + " elements is announced in " + left + " bytes.");
        }
        elementsLeft -= elements;
        count((long) elements * RequestMemory.ELEMENT_BYTES);
    }

    /** What was taken of the memory; to be given back when the request has its answer. */
    long takenBytes() {
        return takenBytes;
    }

    /** Gives back what was taken for a request that cannot be read. */
    void giveBack() {
        if (memory != null && takenBytes > 0) {
            memory.give(takenBytes);
            takenBytes = 0;
        }
    }

    private void count(long bytes) {
        heapBytes += bytes;
        if (memory != null && heapBytes > RequestMemory.FREE_BYTES) {
            memory.take(heapBytes - takenBytes, takenBytes);
            takenBytes = heapBytes;
        }
    }

    /**
     * Elements of one name make the hashed collections of generated code take quadratic time: whoever sends a hundred thousand of
     * them is not decoded to the end.
     */
    private void checkTime() {
        if (deadlineNs != 0 && ++reads % READS_BETWEEN_CLOCKS == 0 && System.nanoTime() - deadlineNs > 0) {
            throw new RefusedException(
                    "it takes more than " + TimeUnit.NANOSECONDS.toSeconds(MAX_DECODING_NS) + " s to decode");
        }
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
        checkTime();
        return buffer.getLong();
    }

    @Override
    public double readDouble() {
        return buffer.getDouble();
    }

    @Override
    public byte[] readArray(int length) {
        requireBytes(length);
        checkTime();
        if (length >= COUNTED_FIELD_BYTES) {
            count(length);
        }
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
            if (MAX_ELEMENTS - elementsLeft > maxElements || lastLength > maxArray) {
                throw new TooLargeForLoopException();
            }
            count((long) lastLength * RequestMemory.ELEMENT_BYTES);
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
