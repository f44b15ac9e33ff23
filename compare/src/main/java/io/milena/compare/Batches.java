package io.milena.compare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BinaryNode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.utils.Crc32C;

/** Record batches, good ones and spoilt ones whose checksum is right. */
public final class Batches {
    private static final int CRC = 17;
    private static final int ATTRIBUTES = 21;

    private Batches() {}

    /** One batch of records with keys {@code key-0}, {@code key-1} …, all at one time. */
    public static byte[] plain(int count, long timestampMs) {
        return compressed(Compression.NONE, count, timestampMs);
    }

    /** As {@link #plain}, with a codec. */
    public static byte[] compressed(Compression codec, int count, long timestampMs) {
        SimpleRecord[] records = new SimpleRecord[count];
        for (int i = 0; i < count; i++) {
            records[i] = new SimpleRecord(timestampMs, utf8("key-" + i), utf8("value-" + i));
        }
        return bytes(MemoryRecords.withRecords(codec, records));
    }

    /** The bytes of a batch, as a field of a request. */
    public static JsonNode field(byte[] batch) {
        return BinaryNode.valueOf(batch);
    }

    public static byte[] bytes(MemoryRecords records) {
        ByteBuffer buffer = records.buffer();
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    /** A copy of a batch of format 2 with something changed in it; the checksum is right again. */
    public static byte[] changed(byte[] batch, Consumer<ByteBuffer> change) {
        byte[] copy = batch.clone();
        ByteBuffer buffer = ByteBuffer.wrap(copy);
        change.accept(buffer);
        buffer.putInt(CRC, (int) Crc32C.compute(copy, ATTRIBUTES, copy.length - ATTRIBUTES));
        return copy;
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
