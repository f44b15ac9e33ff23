package io.milena.log;

import java.io.OutputStream;
import java.nio.ByteBuffer;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownServerException;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.jspecify.annotations.Nullable;

/**
 * Reads every record of a batch that a leader is to append, once: the format ({@link BatchRecords}), as many records as the
 * header says with the offsets that it promises, and the topic's rules of single records. No header is believed: what it
 * says decides later which offsets the log assigns and when retention deletes the batch.
 */
final class RecordValidator {
    private final LogConfig config;
    private final long nowMs;
    private final TopicPartition partition;
    private final boolean createTime;
    private @Nullable RecordErrors errors;
    private @Nullable String missingKey;

    RecordValidator(LogConfig config, long nowMs, TopicPartition partition) {
        this.config = config;
        this.nowMs = nowMs;
        this.partition = partition;
        this.createTime = config.messages().timestampType() == TimestampType.CREATE_TIME;
    }

    /**
     * Checks the records of the batch at {@code at}, whose length and CRC are right.
     *
     * @param copy gets the records' bytes, unpacked; null if nobody wants them
     * @return the largest timestamp that the records carry, -1 if none does
     * @throws RejectedRecords.Invalid records without a key in a compacted topic
     * @throws RejectedRecords.InvalidTimestamp records whose timestamps are out of bounds
     * @throws InvalidRecordException the batch is malformed
     * @throws UnknownServerException it cannot be unpacked
     */
    long check(ByteBuffer batch, int at, @Nullable OutputStream copy) {
        boolean packed = BatchHeader.compressionId(batch, at) != 0;
        boolean claimsAppendTime = BatchHeader.isLogAppendTime(batch, at);
        long max = RecordBatch.NO_TIMESTAMP;
        try (BatchRecords records = new BatchRecords(batch, at, copy)) {
            while (records.next()) {
                if (records.offsetDelta() != records.index()) {
                    throw misplaced(records, packed);
                }
                long timestamp = records.timestampMs();
                if (config.compaction().enabled() && !records.hasKey()) {
                    reject(records.index(), missingKey(), false);
                } else if (createTime && timestamp != RecordBatch.NO_TIMESTAMP) {
                    checkTimestamp(records.index(), timestamp);
                } else if (claimsAppendTime) {
                    reject(records.index(), "Producer should not set timestamp type to LogAppendTime.", true);
                }
                max = Math.max(max, timestamp);
            }
        }
        if (errors != null) {
            throw errors.toException();
        }
        return max;
    }

    /** Kafka's broker would build a compressed batch anew, but fails when it tries (UNKNOWN_SERVER_ERROR). */
    private RuntimeException misplaced(BatchRecords records, boolean packed) {
        String message = "Record " + records.index() + " of the batch for " + partition + " has offset delta "
                + records.offsetDelta();
        return packed ? new UnknownServerException(message) : new InvalidRecordException(message);
    }

    /** message.timestamp.before.max.ms and message.timestamp.after.max.ms (KIP-937). */
    private void checkTimestamp(int index, long timestampMs) {
        long behind = nowMs - timestampMs;
        if (behind > config.messages().timestampBeforeMaxMs()
                || -behind > config.messages().timestampAfterMaxMs()) {
            reject(
                    index,
                    "Timestamp " + timestampMs + " of message with offset " + index
                            + " is out of range. The timestamp should be within ["
                            + (nowMs - config.messages().timestampBeforeMaxMs()) + ", "
                            + (nowMs + config.messages().timestampAfterMaxMs()) + "]",
                    true);
        }
    }

    private String missingKey() {
        if (missingKey == null) {
            missingKey = "Compacted topic cannot accept message without key in topic partition " + partition;
        }
        return missingKey;
    }

    private void reject(int index, String message, boolean timestamp) {
        if (errors == null) {
            errors = new RecordErrors();
        }
        errors.add(index, message, timestamp);
        if (errors.isFull()) {
            throw errors.toException();
        }
    }
}
