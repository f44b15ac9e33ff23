package io.milena.coordinator.runtime;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.DefaultRecord;
import org.apache.kafka.common.record.internal.DefaultRecordBatch;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.jspecify.annotations.Nullable;

/** A shard's records as batches of its partition. */
final class RecordBatches {

    static final int BATCH_OVERHEAD = DefaultRecordBatch.RECORD_BATCH_OVERHEAD;

    /** The offset delta of a record is a varint; this many records of a batch have it in two bytes or fewer. */
    private static final int USUAL_OFFSET_DELTA = 8_000;

    private static final Header[] NO_HEADERS = {};

    private RecordBatches() {}

    /** A record's bytes. */
    record Encoded(byte[] key, byte @Nullable [] value) {
        int size() {
            return DefaultRecord.sizeInBytes(
                    USUAL_OFFSET_DELTA, 0, key.length, value == null ? -1 : value.length, NO_HEADERS);
        }
    }

    static List<Encoded> encode(List<CoordinatorRecord> records) {
        List<Encoded> encoded = new ArrayList<>(records.size());
        records.forEach(r -> encoded.add(new Encoded(RecordSerde.key(r), RecordSerde.value(r))));
        return encoded;
    }

    /** What these records add to a batch, in bytes, before compression. */
    static int size(List<Encoded> records) {
        return records.stream().mapToInt(Encoded::size).sum();
    }

    /** One batch; offsets are assigned by the log. */
    static MemoryRecords batch(
            Iterable<Encoded> records, int size, CompressionType codec, long nowMs, long producerId, short epoch) {
        MemoryRecordsBuilder builder = MemoryRecords.builder(
                ByteBuffer.allocate(size + BATCH_OVERHEAD),
                RecordBatch.CURRENT_MAGIC_VALUE,
                Compression.of(codec).build(),
                TimestampType.CREATE_TIME,
                0L,
                nowMs,
                producerId,
                epoch,
                RecordBatch.NO_SEQUENCE,
                producerId >= 0,
                RecordBatch.NO_PARTITION_LEADER_EPOCH);
        records.forEach(r -> builder.append(nowMs, r.key, r.value));
        return builder.build();
    }
}
