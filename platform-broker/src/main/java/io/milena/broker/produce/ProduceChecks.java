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
     * @throws CorruptRecordException the batch's length is impossible
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
        int available = bytes.remaining();
        if (available <= Records.MAGIC_OFFSET) {
            throw new InvalidRecordException("Produce requests must have one record batch per partition, found none");
        }
        short version = exchange.version();
        byte magic = bytes.get(at + Records.MAGIC_OFFSET);
        if (magic != RecordBatch.MAGIC_VALUE_V2) {
            throw new InvalidRecordException("Produce requests with version " + version
                    + " may only contain record batches with magic version 2, not " + magic);
        }
        long size = bytes.getInt(at + Records.SIZE_OFFSET) + (long) Records.LOG_OVERHEAD;
        if (size < DefaultRecordBatch.RECORD_BATCH_OVERHEAD || size > available) {
            throw new CorruptRecordException(
                    "A record batch of " + size + " bytes in a field of " + available + " bytes");
        }
        if (size < available) {
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
}
