package io.milena.log;

import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;

/**
 * The records inside a batch of an append. Records of an uncompressed batch are walked over in place. A compressed batch is
 * taken at its header's word (its CRC is right, its count matches its offsets) unless a rule of the topic is about single
 * records: keys for compaction, or a bound on old timestamps.
 */
final class BatchRecords {
    private static final int MAX_VARINT_SHIFT = 28;
    private static final int MAX_VARLONG_SHIFT = 63;
    private final ByteBuffer bytes;
    private final int end;
    private final LogConfig config;
    private final long nowMs;
    private final TopicPartition partition;
    private int at;

    private BatchRecords(ByteBuffer bytes, int at, int end, LogConfig config, long nowMs, TopicPartition partition) {
        this.bytes = bytes;
        this.at = at;
        this.end = end;
        this.config = config;
        this.nowMs = nowMs;
        this.partition = partition;
    }

    /** Checks the records of the batch at {@code at}; corrects its largest timestamp if the header lies. */
    static void check(ByteBuffer bytes, int at, LogConfig config, long nowMs, TopicPartition partition) {
        int size = BatchHeader.size(bytes, at);
        boolean createTime = config.timestampType() == TimestampType.CREATE_TIME;
        BatchRecords records = new BatchRecords(bytes, at + BatchHeader.SIZE, at + size, config, nowMs, partition);
        long max;
        if (BatchHeader.isControl(bytes, at)) {
            return;
        } else if (BatchHeader.compressionId(bytes, at) == 0) {
            max = records.walk(BatchHeader.count(bytes, at), BatchHeader.baseTimestamp(bytes, at), createTime);
        } else if (config.compact() || (createTime && config.timestampBeforeMaxMs() != Long.MAX_VALUE)) {
            max = records.unpack(at, size, createTime);
        } else {
            max = BatchHeader.maxTimestamp(bytes, at);
            if (createTime) {
                records.checkTimestamp(0, max);
            }
        }
        if (createTime && max != BatchHeader.maxTimestamp(bytes, at)) {
            BatchHeader.setMaxTimestamp(bytes, at, max, false);
        }
    }

    private long walk(int count, long baseTimestamp, boolean createTime) {
        long max = Long.MIN_VALUE;
        boolean keyed = config.compact();
        for (int i = 0; i < count; i++) {
            int size = varint(i);
            int next = at + size;
            if (size < 0 || next > end || next < at) {
                throw malformed(i, "its size of " + size + " bytes does not fit the batch");
            }
            at++;
            long timestamp = baseTimestamp + varlong(i);
            if (varint(i) != i) {
                throw malformed(i, "its offset delta is not " + i);
            }
            if (createTime) {
                checkTimestamp(i, timestamp);
            }
            if (keyed && varint(i) < 0) {
                throw missingKey(i);
            }
            max = Math.max(max, timestamp);
            at = next;
        }
        if (at != end) {
            throw malformed(count - 1, "bytes follow the last record");
        }
        return max;
    }

    private long unpack(int batchAt, int size, boolean createTime) {
        long max = Long.MIN_VALUE;
        int index = 0;
        for (MutableRecordBatch batch :
                recordsOf(bytes, batchAt, batchAt + size).batches()) {
            for (Record record : batch) {
                if (config.compact() && !record.hasKey()) {
                    throw missingKey(index);
                }
                if (createTime) {
                    checkTimestamp(index, record.timestamp());
                }
                max = Math.max(max, record.timestamp());
                index++;
            }
        }
        return max;
    }

    /** message.timestamp.before.max.ms and message.timestamp.after.max.ms (KIP-937). */
    private void checkTimestamp(int index, long timestampMs) {
        if (timestampMs == -1) {
            return;
        }
        long ahead = timestampMs - nowMs;
        if (ahead > config.timestampAfterMaxMs() || (-ahead > config.timestampBeforeMaxMs() && timestampMs <= nowMs)) {
            String message = "Timestamp " + timestampMs + " of message with offset " + index
                    + " is out of range. The timestamp should be within ["
                    + (nowMs - config.timestampBeforeMaxMs()) + ", " + (nowMs + config.timestampAfterMaxMs()) + "]";
            throw new RejectedRecords.InvalidTimestamp(
                    "One or more records have been rejected due to invalid timestamp in " + partition + ": " + message,
                    List.of(new RecordError(index, message)));
        }
    }

    private RejectedRecords.Invalid missingKey(int index) {
        String message = "Compacted topic cannot accept message without key in topic partition " + partition + ".";
        return new RejectedRecords.Invalid(
                "One or more records have been rejected: " + message, List.of(new RecordError(index, message)));
    }

    private RejectedRecords.Invalid malformed(int index, String what) {
        String message = "Record " + index + " of the batch for " + partition + " is malformed: " + what;
        return new RejectedRecords.Invalid(message, List.of(new RecordError(index, message)));
    }

    private int varint(int record) {
        int value = 0;
        for (int shift = 0; shift <= MAX_VARINT_SHIFT && at < end; shift += 7) {
            byte b = bytes.get(at++);
            value |= (b & 0x7f) << shift;
            if (b >= 0) {
                return (value >>> 1) ^ -(value & 1);
            }
        }
        throw malformed(record, "a number does not end");
    }

    private long varlong(int record) {
        long value = 0;
        for (int shift = 0; shift <= MAX_VARLONG_SHIFT && at < end; shift += 7) {
            byte b = bytes.get(at++);
            value |= (b & 0x7fL) << shift;
            if (b >= 0) {
                return (value >>> 1) ^ -(value & 1);
            }
        }
        throw malformed(record, "a number does not end");
    }

    /** All batches anew with the topic's codec; offsets are assigned by the caller. */
    static ByteBuffer recompress(
            ByteBuffer bytes, LogConfig config, Compression target, long nowMs, TopicPartition partition) {
        int total = bytes.remaining();
        ByteBuffer out = ByteBuffer.allocate(Math.max(total, 1024));
        for (MutableRecordBatch batch :
                recordsOf(bytes, bytes.position(), bytes.limit()).batches()) {
            int start = out.position();
            MemoryRecordsBuilder builder = MemoryRecords.builder(
                    out,
                    batch.magic(),
                    target,
                    config.timestampType(),
                    0L,
                    nowMs,
                    batch.producerId(),
                    batch.producerEpoch(),
                    batch.baseSequence(),
                    batch.isTransactional(),
                    batch.partitionLeaderEpoch());
            for (Record record : batch) {
                builder.append(record);
            }
            out = appended(out, start, builder.build().buffer());
            int size = out.position() - start;
            if (size > config.maxMessageBytes()) {
                throw new RecordTooLargeException("The record batch size in the append to " + partition + " is " + size
                        + " bytes after compression with " + target.type().name
                        + " which exceeds the maximum configured value of " + config.maxMessageBytes() + ".");
            }
        }
        return out.flip();
    }

    /** {@code built} behind the first {@code start} bytes of {@code out}, whose buffer the builder may have outgrown. */
    private static ByteBuffer appended(ByteBuffer out, int start, ByteBuffer built) {
        ByteBuffer copy = ByteBuffer.allocate(Math.max(out.capacity(), start + built.remaining()));
        copy.put(0, out, 0, start);
        copy.position(start);
        copy.put(built);
        return copy;
    }

    private static MemoryRecords recordsOf(ByteBuffer bytes, int from, int to) {
        ByteBuffer batch = bytes.duplicate();
        batch.limit(to).position(from);
        return MemoryRecords.readableRecords(batch.slice());
    }
}
