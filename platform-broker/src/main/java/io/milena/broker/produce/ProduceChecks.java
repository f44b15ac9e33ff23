package io.milena.broker.produce;

import io.milena.broker.partition.Partition;
import io.milena.wire.Exchange;
import java.nio.ByteBuffer;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.UnsupportedCompressionTypeException;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.DefaultRecordBatch;
import org.apache.kafka.common.record.internal.LegacyRecord;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.Records;

/** What a produce request must be before its bytes come near the log, which checks their inside. */
final class ProduceChecks {
    /** The admin client may write to internal topics, as with Kafka. */
    private static final String ADMIN_CLIENT_ID = "__admin_client";

    private static final short FIRST_VERSION_WITH_ZSTD = 7;
    private static final int ATTRIBUTES_OFFSET = 21;
    private static final int CODEC_MASK = 0x07;
    private static final int TRANSACTIONAL_FLAG = 0x10;

    private ProduceChecks() {}

    /**
     * The batch to append.
     *
     * @throws CorruptRecordException the length or the magic of a batch is impossible
     * @throws InvalidRecordException not exactly one batch of magic 2
     * @throws UnsupportedCompressionTypeException zstd before version 7
     * @throws InvalidTopicException an internal topic
     * @throws InvalidTxnStateException transactional: there is no transaction coordinator yet
     */
    static MemoryRecords accept(Partition partition, PartitionProduceData data, Exchange<ProduceRequestData> exchange) {
        if (!(data.records() instanceof MemoryRecords records)) {
            throw new InvalidRecordException(
                    "Produce request without records for partition " + partition.topic() + "-" + partition.index());
        }
        // Read from the bytes: an iterator over batches would make half a dozen objects for each request.
        ByteBuffer bytes = records.buffer();
        int at = bytes.position();
        int size = batchSize(bytes, at);
        if (size < 0) {
            throw new InvalidRecordException("Produce requests must have one record batch per partition, found none");
        }
        short version = exchange.version();
        if (bytes.get(at + Records.MAGIC_OFFSET) != RecordBatch.MAGIC_VALUE_V2) {
            throw new InvalidRecordException("Produce requests with version " + version
                    + " may only contain record batches with magic version 2, not "
                    + bytes.get(at + Records.MAGIC_OFFSET));
        }
        if (size < DefaultRecordBatch.RECORD_BATCH_OVERHEAD) {
            throw new CorruptRecordException("A record batch of " + size + " bytes is smaller than its header");
        }
        if (batchSize(bytes, at + size) >= 0) {
            throw new InvalidRecordException("Produce requests must have exactly one record batch per partition");
        }
        short attributes = bytes.getShort(at + ATTRIBUTES_OFFSET);
        if (version < FIRST_VERSION_WITH_ZSTD && (attributes & CODEC_MASK) == CompressionType.ZSTD.id) {
            throw new UnsupportedCompressionTypeException(
                    "Produce requests with version " + version + " may not use zstd compression");
        }
        if ((attributes & TRANSACTIONAL_FLAG) != 0) {
            throw new InvalidTxnStateException("Transactions are not supported yet; produce without transactional.id");
        }
        if (partition.isInternal() && !ADMIN_CLIENT_ID.equals(exchange.clientId())) {
            throw new InvalidTopicException("Cannot append to internal topic " + partition.topic());
        }
        return records;
    }

    /**
     * Size of the batch at {@code at}, -1 if no whole one is there: like Kafka's broker, which drops what is left of bytes
     * behind a batch.
     *
     * @throws CorruptRecordException its length or its magic is impossible
     */
    private static int batchSize(ByteBuffer bytes, int at) {
        int available = bytes.limit() - at;
        if (available < Records.LOG_OVERHEAD) {
            return -1;
        }
        int length = bytes.getInt(at + Records.SIZE_OFFSET);
        if (length < LegacyRecord.RECORD_OVERHEAD_V0) {
            throw new CorruptRecordException("A record batch claims a length of " + length + " bytes");
        }
        if (available < Records.HEADER_SIZE_UP_TO_MAGIC) {
            return -1;
        }
        byte magic = bytes.get(at + Records.MAGIC_OFFSET);
        if (magic < 0 || magic > RecordBatch.CURRENT_MAGIC_VALUE) {
            throw new CorruptRecordException("A record batch claims magic version " + magic);
        }
        return length <= available - Records.LOG_OVERHEAD ? length + Records.LOG_OVERHEAD : -1;
    }
}
