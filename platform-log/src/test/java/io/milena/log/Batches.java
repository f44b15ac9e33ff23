package io.milena.log;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.SimpleRecord;

/** Batches as clients send them, and what came back. */
final class Batches {
    private Batches() {}

    static SimpleRecord record(long timestampMs, String key, String value) {
        return new SimpleRecord(
                timestampMs, key.getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8));
    }

    static SimpleRecord[] records(long timestampMs, String... values) {
        SimpleRecord[] records = new SimpleRecord[values.length];
        for (int i = 0; i < values.length; i++) {
            records[i] = record(timestampMs + i, "k", values[i]);
        }
        return records;
    }

    static MemoryRecords plain(long timestampMs, String... values) {
        return MemoryRecords.withRecords(Compression.NONE, records(timestampMs, values));
    }

    static MemoryRecords compressed(Compression compression, long timestampMs, String... values) {
        return MemoryRecords.withRecords(compression, records(timestampMs, values));
    }

    static MemoryRecords idempotent(long producerId, int epoch, int sequence, long timestampMs, String... values) {
        return MemoryRecords.withIdempotentRecords(
                Compression.NONE, producerId, (short) epoch, sequence, records(timestampMs, values));
    }

    static MemoryRecords transactional(long producerId, int epoch, int sequence, long timestampMs, String... values) {
        return MemoryRecords.withTransactionalRecords(
                Compression.NONE, producerId, (short) epoch, sequence, records(timestampMs, values));
    }

    static MemoryRecords marker(long producerId, int epoch, boolean commit, int coordinatorEpoch) {
        return MemoryRecords.withEndTransactionMarker(
                producerId,
                (short) epoch,
                new EndTransactionMarker(
                        commit ? ControlRecordType.COMMIT : ControlRecordType.ABORT, coordinatorEpoch));
    }

    /** The values of all data records from {@code from} on, read batch by batch. */
    static List<String> values(PartitionLog log, long from) {
        List<String> values = new ArrayList<>();
        for (Record record : all(log, from)) {
            if (record.value() != null) {
                values.add(StandardCharsets.UTF_8.decode(record.value()).toString());
            }
        }
        return values;
    }

    static List<Record> all(PartitionLog log, long from) {
        List<Record> records = new ArrayList<>();
        long next = from;
        while (next < log.logEndOffset()) {
            LogRead read = log.read(next, 1000, log.logEndOffset(), true);
            MemoryRecords bytes = read.records().readFully();
            read.records().release();
            long before = next;
            for (var batch : bytes.batches()) {
                batch.ensureValid();
                for (Record record : batch) {
                    if (record.offset() >= next && !batch.isControlBatch()) {
                        records.add(record);
                    }
                }
                next = batch.nextOffset();
            }
            if (next == before) {
                throw new AssertionError("no progress at " + next);
            }
        }
        return records;
    }

    static MemoryRecords copy(MemoryRecords records) {
        ByteBuffer source = records.buffer();
        ByteBuffer copy = ByteBuffer.allocateDirect(source.remaining());
        copy.put(source).flip();
        return MemoryRecords.readableRecords(copy);
    }
}
