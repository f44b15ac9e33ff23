package io.milena.log;

import java.nio.ByteBuffer;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.record.TimestampType;

/**
 * Makes what a producer, a coordinator or the Raft leader hands in fit to be written: checks every batch, sets timestamps of
 * LogAppendTime topics, and only if the topic demands another codec builds the batch anew. Pure but for the bytes; no lock.
 */
final class LeaderBatches {
    private LeaderBatches() {}

    /**
     * @param bytes from the first batch on; may be changed in place
     * @return whole, valid batches from position to limit, perhaps another buffer
     */
    static ByteBuffer prepare(
            ByteBuffer bytes, LogConfig config, AppendOrigin origin, long nowMs, TopicPartition partition) {
        int end = checkBatches(bytes, config, origin, partition);
        bytes.limit(end);
        if (origin == AppendOrigin.RAFT_LEADER) {
            return bytes;
        }
        RecordValidator validator = new RecordValidator(config, nowMs, partition);
        Compression target = config.messages().compression();
        if (target != null && anyOtherCodec(bytes, target)) {
            BatchRecoder recoder = new BatchRecoder(target, config.messages().maxBytes(), bytes.remaining(), partition);
            for (int at = bytes.position(); at < end; at += BatchHeader.size(bytes, at)) {
                checkHeader(bytes, at, origin, partition);
                recode(bytes, at, recoder, validator, config, nowMs);
            }
            return recoder.buffer().flip();
        }
        for (int at = bytes.position(); at < end; at += BatchHeader.size(bytes, at)) {
            checkHeader(bytes, at, origin, partition);
            checkInPlace(bytes, at, validator, config, nowMs);
        }
        return bytes;
    }

    private static boolean anyOtherCodec(ByteBuffer bytes, Compression target) {
        for (int at = bytes.position(); at < bytes.limit(); at += BatchHeader.size(bytes, at)) {
            if (needsCodec(bytes, at, target)) {
                return true;
            }
        }
        return false;
    }

    /** Control batches are not compressed. */
    private static boolean needsCodec(ByteBuffer bytes, int at, Compression target) {
        return target.type().id != BatchHeader.compressionId(bytes, at) && !BatchHeader.isControl(bytes, at);
    }

    private static void recode(
            ByteBuffer bytes, int at, BatchRecoder recoder, RecordValidator validator, LogConfig config, long nowMs) {
        int recoded = recoder.size();
        if (needsCodec(bytes, at, recoder.codec())) {
            long max = recoder.recode(bytes, at, validator);
            stamp(recoder.buffer(), recoded, max, config, nowMs);
            BatchHeader.renewCrc(recoder.buffer(), recoded);
        } else {
            checkInPlace(bytes, at, validator, config, nowMs);
            recoder.copy(bytes, at, at + BatchHeader.size(bytes, at));
        }
    }

    private static void checkInPlace(
            ByteBuffer bytes, int at, RecordValidator validator, LogConfig config, long nowMs) {
        // Only nodes themselves write control batches.
        long max = BatchHeader.isControl(bytes, at)
                ? BatchHeader.maxTimestamp(bytes, at)
                : validator.check(bytes, at, null);
        if (stamp(bytes, at, max, config, nowMs)) {
            BatchHeader.renewCrc(bytes, at);
        }
    }

    /** Sets the time that readers find the batch by and retention deletes it by; false if the header had it already. */
    private static boolean stamp(ByteBuffer bytes, int at, long maxTimestampMs, LogConfig config, long nowMs) {
        return config.messages().timestampType() == TimestampType.LOG_APPEND_TIME
                ? BatchHeader.setMaxTimestamp(bytes, at, nowMs, true)
                : BatchHeader.setMaxTimestamp(bytes, at, maxTimestampMs, false);
    }

    /** Lengths, magic, size and CRC of each batch; returns where the last whole batch ends. */
    private static int checkBatches(ByteBuffer bytes, LogConfig config, AppendOrigin origin, TopicPartition partition) {
        int at = bytes.position();
        int batches = 0;
        while (bytes.limit() - at > BatchHeader.MAGIC_AT) {
            int size = wholeBatch(bytes, at, partition);
            if (size < 0) {
                break;
            }
            if (origin == AppendOrigin.CLIENT) {
                checkClientBatch(bytes, at, ++batches, partition);
            }
            if (origin != AppendOrigin.RAFT_LEADER && size > config.messages().maxBytes()) {
                throw new RecordTooLargeException("The record batch size in the append to " + partition + " is " + size
                        + " bytes which exceeds the maximum configured value of "
                        + config.messages().maxBytes() + ".");
            }
            checkCrc(bytes, at, size, partition);
            at += size;
        }
        return at;
    }

    /**
     * Size of the batch at {@code at}, or -1 if the bytes end inside it.
     *
     * @throws CorruptRecordException if its length is impossible
     * @throws InvalidRecordException if its magic is not 2
     */
    static int wholeBatch(ByteBuffer bytes, int at, TopicPartition partition) {
        int length = BatchHeader.length(bytes, at);
        byte magic = BatchHeader.magic(bytes, at);
        if (magic < 0 || magic > 2) {
            throw new CorruptRecordException("Invalid magic found in record batch for " + partition + ": " + magic);
        }
        if (magic < 2 && length >= 14) {
            throw new InvalidRecordException("Record batch for " + partition + " has message format " + magic
                    + "; only format 2 (Kafka 0.11 and later) can be appended");
        }
        if (length < BatchHeader.SIZE - BatchHeader.LENGTH_EXCLUDES) {
            throw new CorruptRecordException(
                    "Record batch for " + partition + " claims a length of " + length + " bytes, less than its header");
        }
        return length > bytes.limit() - at - BatchHeader.LENGTH_EXCLUDES ? -1 : length + BatchHeader.LENGTH_EXCLUDES;
    }

    static void checkCrc(ByteBuffer bytes, int at, int size, TopicPartition partition) {
        if (!BatchHeader.crcMatches(bytes, at, size)) {
            throw new CorruptRecordException("Record is corrupt (stored crc = " + BatchHeader.storedCrc(bytes, at)
                    + ", computed crc = " + BatchHeader.computeCrc(bytes, at, size) + ") in topic partition "
                    + partition + ".");
        }
    }

    private static void checkClientBatch(ByteBuffer bytes, int at, int batches, TopicPartition partition) {
        if (batches > 1) {
            throw new InvalidRecordException(
                    "A produce request must hold exactly one record batch per partition, but there are more for "
                            + partition);
        }
        if (BatchHeader.baseOffset(bytes, at) != 0) {
            throw new InvalidRecordException("The baseOffset of the record batch in the append to " + partition
                    + " should be 0, but it is " + BatchHeader.baseOffset(bytes, at));
        }
    }

    private static void checkHeader(ByteBuffer bytes, int at, AppendOrigin origin, TopicPartition partition) {
        int count = BatchHeader.count(bytes, at);
        int delta = BatchHeader.lastOffsetDelta(bytes, at);
        if (origin == AppendOrigin.CLIENT) {
            if (BatchHeader.isControl(bytes, at)) {
                throw new InvalidRecordException("Clients are not allowed to write control records to " + partition);
            }
            if (BatchHeader.producerId(bytes, at) >= 0 && BatchHeader.baseSequence(bytes, at) < 0) {
                throw new InvalidRecordException("Invalid sequence number " + BatchHeader.baseSequence(bytes, at)
                        + " in record batch with producerId " + BatchHeader.producerId(bytes, at) + " for "
                        + partition);
            }
        }
        if (count <= 0 || delta < 0 || delta + 1 != count) {
            throw new InvalidRecordException(
                    "Record batch for " + partition + " has " + count + " records but a last offset delta of " + delta);
        }
    }
}
