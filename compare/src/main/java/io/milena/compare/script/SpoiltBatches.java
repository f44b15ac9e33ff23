package io.milena.compare.script;

import io.milena.compare.Batches;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/** Batches by name. What is spoilt is spoilt in one place; checksums are right unless the name says otherwise. */
final class SpoiltBatches {
    private static final int LENGTH = 8;
    private static final int EPOCH = 12;
    private static final int MAGIC = 16;
    private static final int CRC = 17;
    private static final int ATTRIBUTES = 21;
    private static final int LAST_OFFSET_DELTA = 23;
    private static final int BASE_TIMESTAMP = 27;
    private static final int MAX_TIMESTAMP = 35;
    private static final int PRODUCER_ID = 43;
    private static final int BASE_SEQUENCE = 53;
    private static final int COUNT = 57;
    private static final int RECORDS = 61;
    private static final long HOUR_MS = 3_600_000;

    private SpoiltBatches() {}

    static Map<String, byte[]> all(long nowMs) {
        Map<String, byte[]> all = new LinkedHashMap<>();
        byte[] plain = Batches.plain(3, nowMs);
        all.put("plain", plain);
        for (CompressionType codec : CompressionType.values()) {
            if (codec != CompressionType.NONE) {
                codec(all, codec, nowMs);
            }
        }
        headers(all, plain);
        all.put("gzip, maxTimestamp 0", Batches.changed(gzip(nowMs), batch -> batch.putLong(MAX_TIMESTAMP, 0)));
        all.put("gzip, maxTimestamp -1", Batches.changed(gzip(nowMs), batch -> batch.putLong(MAX_TIMESTAMP, -1)));
        all.put(
                "gzip, maxTimestamp far ahead",
                Batches.changed(gzip(nowMs), batch -> batch.putLong(MAX_TIMESTAMP, Long.MAX_VALUE)));
        all.put("two hours ahead", Batches.plain(2, nowMs + 2 * HOUR_MS));
        all.put("gzip, two hours ahead", gzip(nowMs + 2 * HOUR_MS));
        all.put("two hours ago", Batches.plain(2, nowMs - 2 * HOUR_MS));
        all.put("without a time", Batches.plain(2, -1));
        contents(all, nowMs);
        OldFormats.into(all, nowMs);
        all.put("two batches", concat(plain, plain));
        all.put("a batch and half of one", concat(plain, Arrays.copyOf(plain, 40)));
        all.put("a batch and three bytes", concat(plain, new byte[3]));
        all.put("half a batch", Arrays.copyOf(plain, plain.length - 4));
        all.put("nothing", new byte[0]);
        all.put("one byte", new byte[1]);
        return all;
    }

    private static byte[] gzip(long timestampMs) {
        return Batches.compressed(Compression.gzip().build(), 3, timestampMs);
    }

    private static void codec(Map<String, byte[]> all, CompressionType codec, long nowMs) {
        byte[] good = Batches.compressed(Compression.of(codec).build(), 3, nowMs);
        all.put(codec.name, good);
        all.put(
                codec.name + " said, nothing compressed",
                Batches.changed(Batches.plain(3, nowMs), batch -> batch.putShort(ATTRIBUTES, (short) codec.id)));
        byte[] cut = Arrays.copyOf(good, good.length - 6);
        all.put(codec.name + " cut short", Batches.changed(cut, batch -> batch.putInt(LENGTH, cut.length - EPOCH)));
        all.put(
                codec.name + ", count one more",
                Batches.changed(good, batch -> batch.putInt(COUNT, 4).putInt(LAST_OFFSET_DELTA, 3)));
        all.put(
                codec.name + ", count one less",
                Batches.changed(good, batch -> batch.putInt(COUNT, 2).putInt(LAST_OFFSET_DELTA, 1)));
        all.put(
                codec.name + ", count of two thousand million",
                Batches.changed(
                        good,
                        batch -> batch.putInt(COUNT, Integer.MAX_VALUE)
                                .putInt(LAST_OFFSET_DELTA, Integer.MAX_VALUE - 1)));
    }

    private static void headers(Map<String, byte[]> all, byte[] plain) {
        for (int codec = 5; codec < 8; codec++) {
            short id = (short) codec;
            all.put("codec " + codec, Batches.changed(plain, batch -> batch.putShort(ATTRIBUTES, id)));
        }
        byte[] wrong = plain.clone();
        wrong[CRC] ^= 1;
        all.put("wrong checksum", wrong);
        all.put("magic 3", Batches.changed(plain, batch -> batch.put(MAGIC, (byte) 3)));
        all.put("magic -1", Batches.changed(plain, batch -> batch.put(MAGIC, (byte) -1)));
        all.put(
                "count one more",
                Batches.changed(plain, batch -> batch.putInt(COUNT, 4).putInt(LAST_OFFSET_DELTA, 3)));
        all.put(
                "count one less",
                Batches.changed(plain, batch -> batch.putInt(COUNT, 2).putInt(LAST_OFFSET_DELTA, 1)));
        all.put(
                "count 0",
                Batches.changed(plain, batch -> batch.putInt(COUNT, 0).putInt(LAST_OFFSET_DELTA, -1)));
        all.put("count -1", Batches.changed(plain, batch -> batch.putInt(COUNT, -1)));
        all.put("last offset delta too large", Batches.changed(plain, batch -> batch.putInt(LAST_OFFSET_DELTA, 7)));
        all.put("last offset delta too small", Batches.changed(plain, batch -> batch.putInt(LAST_OFFSET_DELTA, 0)));
        all.put("last offset delta negative", Batches.changed(plain, batch -> batch.putInt(LAST_OFFSET_DELTA, -5)));
        all.put("length 0", Batches.changed(plain, batch -> batch.putInt(LENGTH, 0)));
        all.put("length negative", Batches.changed(plain, batch -> batch.putInt(LENGTH, -1)));
        all.put("length too large", Batches.changed(plain, batch -> batch.putInt(LENGTH, 1_000_000)));
        all.put("base offset 100", Batches.changed(plain, batch -> batch.putLong(0, 100)));
        all.put("base offset -1", Batches.changed(plain, batch -> batch.putLong(0, -1)));
        all.put("leader epoch 9", Batches.changed(plain, batch -> batch.putInt(EPOCH, 9)));
        all.put("control batch", Batches.changed(plain, batch -> batch.putShort(ATTRIBUTES, (short) 0x20)));
        all.put(
                "transactional without a producer",
                Batches.changed(plain, batch -> batch.putShort(ATTRIBUTES, (short) 0x10)));
        all.put(
                "log append time said by the client",
                Batches.changed(plain, batch -> batch.putShort(ATTRIBUTES, (short) 0x08)));
        all.put("unknown attribute", Batches.changed(plain, batch -> batch.putShort(ATTRIBUTES, (short) 0x4000)));
        all.put("delete horizon", Batches.changed(plain, batch -> batch.putShort(ATTRIBUTES, (short) 0x40)));
        all.put(
                "producer without a sequence",
                Batches.changed(
                        plain,
                        batch -> batch.putLong(PRODUCER_ID, 7_001)
                                .putShort(PRODUCER_ID + 8, (short) 0)
                                .putInt(BASE_SEQUENCE, -1)));
        all.put(
                "producer without an epoch",
                Batches.changed(
                        plain,
                        batch -> batch.putLong(PRODUCER_ID, 7_002)
                                .putShort(PRODUCER_ID + 8, (short) -1)
                                .putInt(BASE_SEQUENCE, 0)));
        all.put("sequence without a producer", Batches.changed(plain, batch -> batch.putInt(BASE_SEQUENCE, 5)));
        all.put("maxTimestamp 0", Batches.changed(plain, batch -> batch.putLong(MAX_TIMESTAMP, 0)));
        all.put(
                "base timestamp near the end of time",
                Batches.changed(plain, batch -> batch.putLong(BASE_TIMESTAMP, Long.MAX_VALUE)));
        all.put("base timestamp -5", Batches.changed(plain, batch -> batch.putLong(BASE_TIMESTAMP, -5)));
    }

    /** Records that are wrong inside. A record: length, attributes, timestamp delta, offset delta, key, value, headers. */
    private static void contents(Map<String, byte[]> all, long nowMs) {
        Map<String, byte[][]> records = new LinkedHashMap<>();
        records.put("offset deltas 5 and 6", new byte[][] {record(0, 0, 5, "k", 0), record(0, 0, 6, "k", 0)});
        records.put("offset deltas 1 and 0", new byte[][] {record(0, 0, 1, "k", 0), record(0, 0, 0, "k", 0)});
        records.put("offset delta twice", new byte[][] {record(0, 0, 0, "k", 0), record(0, 0, 0, "k", 0)});
        records.put("five headers promised", new byte[][] {record(0, 0, 0, "k", 5)});
        records.put("headers -1", new byte[][] {record(0, 0, 0, "k", -1)});
        records.put("a million headers", new byte[][] {record(0, 0, 0, "k", 1_000_000)});
        records.put("record attributes 1", new byte[][] {record(1, 0, 0, "k", 0)});
        records.put("timestamp delta two hours", new byte[][] {record(0, 2 * HOUR_MS, 0, "k", 0)});
        records.put("timestamp delta negative", new byte[][] {record(0, -HOUR_MS, 0, "k", 0)});
        records.put(
                "header with a null key", new byte[][] {framed(new byte[] {0, 0, 0, 2, 'k', 2, 'v', 2, 1, 2, 'v'})});
        records.put(
                "header with a key that is no text",
                new byte[][] {framed(new byte[] {0, 0, 0, 2, 'k', 2, 'v', 2, 2, -1, 2, 'v'})});
        records.put("key longer than the record", new byte[][] {framed(new byte[] {0, 0, 0, 100, 'k', 2, 'v', 0})});
        records.put("key of length -2", new byte[][] {framed(new byte[] {0, 0, 0, 3, 2, 'v', 0})});
        records.put("bytes behind the record", new byte[][] {framed(new byte[] {0, 0, 0, 2, 'k', 2, 'v', 0, 0, 0})});
        records.put("record longer than the batch", new byte[][] {{120, 0, 0, 0, 2, 'k', 2, 'v', 0}});
        records.put("record of length -1", new byte[][] {{1, 0, 0, 0, 2, 'k', 2, 'v', 0}});
        records.put("record of length 0", new byte[][] {{0}});
        records.put("endless varint", new byte[][] {{-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1}});
        records.forEach((name, each) -> {
            all.put(name, batch(concat(each), each.length, 0, nowMs));
            all.put("gzip, " + name, batch(gzipped(concat(each)), each.length, 1, nowMs));
        });
        SimpleRecord[] mixed = new SimpleRecord[10];
        for (int i = 0; i < mixed.length; i++) {
            mixed[i] = new SimpleRecord(
                    nowMs, i % 3 == 0 ? null : ("key-" + i).getBytes(StandardCharsets.UTF_8), new byte[1]);
        }
        all.put("each third without a key", Batches.bytes(MemoryRecords.withRecords(Compression.NONE, mixed)));
        all.put(
                "gzip, each third without a key",
                Batches.bytes(MemoryRecords.withRecords(Compression.gzip().build(), mixed)));
        all.put(
                "null values",
                Batches.bytes(
                        MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(nowMs, new byte[] {'k'}, null))));
    }

    private static byte[] batch(byte[] payload, int count, int codec, long nowMs) {
        ByteBuffer batch = ByteBuffer.allocate(RECORDS + payload.length);
        batch.putInt(LENGTH, batch.capacity() - EPOCH).put(MAGIC, (byte) 2).putShort(ATTRIBUTES, (short) codec);
        batch.putInt(LAST_OFFSET_DELTA, count - 1)
                .putLong(BASE_TIMESTAMP, nowMs)
                .putLong(MAX_TIMESTAMP, nowMs);
        batch.putLong(PRODUCER_ID, -1)
                .putShort(PRODUCER_ID + 8, (short) -1)
                .putInt(BASE_SEQUENCE, -1)
                .putInt(COUNT, count);
        batch.position(RECORDS).put(payload);
        return Batches.changed(batch.array(), unchanged -> {});
    }

    private static byte[] record(int attributes, long timestampDelta, int offsetDelta, String key, int headers) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(attributes);
        varint(bytes, timestampDelta);
        varint(bytes, offsetDelta);
        varint(bytes, key.length());
        bytes.writeBytes(key.getBytes(StandardCharsets.UTF_8));
        varint(bytes, 1);
        bytes.write('v');
        varint(bytes, headers);
        return framed(bytes.toByteArray());
    }

    private static byte[] framed(byte[] body) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        varint(bytes, body.length);
        bytes.writeBytes(body);
        return bytes.toByteArray();
    }

    private static void varint(OutputStream out, long value) {
        try {
            long rest = (value << 1) ^ (value >> 63);
            while ((rest & ~0x7fL) != 0) {
                out.write((int) (rest & 0x7f | 0x80));
                rest >>>= 7;
            }
            out.write((int) rest);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] gzipped(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            bytes.writeBytes(part);
        }
        return bytes.toByteArray();
    }
}
