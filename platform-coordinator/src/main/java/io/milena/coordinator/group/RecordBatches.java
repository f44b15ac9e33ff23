package io.milena.coordinator.group;

import io.milena.coordinator.group.core.GroupRecord;
import io.milena.coordinator.group.core.GroupRecordSerde;
import io.milena.coordinator.group.core.GroupShard;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.common.utils.CloseableIterator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Between a shard's records and the batches of its partition. */
final class RecordBatches {

    private static final Logger LOG = LoggerFactory.getLogger(RecordBatches.class);

    /** Generous allowance for a record's own framing. */
    private static final int RECORD_OVERHEAD = 32;

    private static final int BATCH_OVERHEAD = 64;

    private RecordBatches() {}

    /** A record's bytes. */
    record Encoded(byte[] key, byte @Nullable [] value) {
        int size() {
            return key.length + (value == null ? 0 : value.length) + RECORD_OVERHEAD;
        }
    }

    static List<Encoded> encode(List<GroupRecord> records) {
        List<Encoded> encoded = new ArrayList<>(records.size());
        records.forEach(r -> encoded.add(new Encoded(GroupRecordSerde.key(r), GroupRecordSerde.value(r))));
        return encoded;
    }

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

    /** Replays one batch of the log into a shard that is loading. */
    static void replay(RecordBatch batch, GroupShard shard, BufferSupplier buffers) {
        long producerId = batch.isTransactional() ? batch.producerId() : RecordBatch.NO_PRODUCER_ID;
        try (CloseableIterator<Record> records = batch.streamingIterator(buffers)) {
            while (records.hasNext()) {
                Record record = records.next();
                if (batch.isControlBatch()) {
                    replayMarker(record, producerId, shard);
                } else if (record.hasKey()) {
                    replay(record, producerId, shard);
                }
            }
        }
    }

    private static void replayMarker(Record record, long producerId, GroupShard shard) {
        ControlRecordType type = ControlRecordType.parse(record.key());
        if (type == ControlRecordType.COMMIT || type == ControlRecordType.ABORT) {
            shard.replayEndOfTransaction(producerId, type == ControlRecordType.COMMIT);
        }
    }

    private static void replay(Record record, long producerId, GroupShard shard) {
        GroupRecord read;
        try {
            read = GroupRecordSerde.read(record.key(), record.value());
        } catch (RuntimeException e) {
            // One bad record must not take every group of the partition away.
            LOG.error(
                    "Record at offset {} of __consumer_offsets cannot be read and is passed over", record.offset(), e);
            return;
        }
        if (read == null) {
            LOG.debug("Record at offset {} of __consumer_offsets is of a later release", record.offset());
        } else {
            shard.replay(read, record.offset(), producerId);
        }
    }
}
