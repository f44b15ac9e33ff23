package io.milena.compare.script;

import io.milena.compare.Batches;
import java.nio.ByteBuffer;
import java.util.Map;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;

/** Message sets of formats 0 and 1, as clients before KIP-98 wrote them. */
final class OldFormats {
    private static final int CRC = 12;
    private static final int ATTRIBUTES = 17;

    private OldFormats() {}

    static void into(Map<String, byte[]> all, long nowMs) {
        SimpleRecord record = new SimpleRecord(nowMs, new byte[] {'k'}, new byte[] {'v'});
        SimpleRecord keyless = new SimpleRecord(nowMs, null, new byte[] {'v'});
        for (byte magic : new byte[] {RecordBatch.MAGIC_VALUE_V0, RecordBatch.MAGIC_VALUE_V1}) {
            String name = "format " + magic;
            byte[] plain = Batches.bytes(MemoryRecords.withRecords(magic, Compression.NONE, record, record));
            all.put(name, plain);
            all.put(
                    name + ", gzip",
                    Batches.bytes(
                            MemoryRecords.withRecords(magic, Compression.gzip().build(), record, record)));
            all.put(
                    name + ", snappy",
                    Batches.bytes(MemoryRecords.withRecords(
                            magic, Compression.snappy().build(), record)));
            all.put(
                    name + ", lz4",
                    Batches.bytes(
                            MemoryRecords.withRecords(magic, Compression.lz4().build(), record)));
            all.put(
                    name + ", a record without a key",
                    Batches.bytes(MemoryRecords.withRecords(magic, Compression.NONE, record, keyless)));
            byte[] wrong = plain.clone();
            wrong[CRC] ^= 1;
            all.put(name + ", wrong checksum", wrong);
            byte[] codec = plain.clone();
            codec[ATTRIBUTES] = 1;
            ByteBuffer.wrap(codec).putInt(CRC, crc(codec));
            all.put(name + ", gzip said, nothing compressed", codec);
        }
    }

    /** Of the first message, whose length stands behind its offset. */
    private static int crc(byte[] bytes) {
        java.util.zip.CRC32 crc = new java.util.zip.CRC32();
        int length = ByteBuffer.wrap(bytes).getInt(8);
        crc.update(bytes, CRC + 4, length - 4);
        return (int) crc.getValue();
    }
}
