package io.milena.broker.produce;

import io.milena.broker.partition.Partition;
import io.milena.wire.Exchange;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.UnsupportedCompressionTypeException;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.AbstractIterator;

/** What a produce request must be before its bytes come near the log, which checks their inside. */
final class ProduceChecks {
    /** The admin client may write to internal topics, as with Kafka. */
    private static final String ADMIN_CLIENT_ID = "__admin_client";

    private static final short FIRST_VERSION_WITH_ZSTD = 7;

    private ProduceChecks() {}

    /**
     * The batch to append.
     *
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
        AbstractIterator<MutableRecordBatch> batches = records.batchIterator();
        if (!batches.hasNext()) {
            throw new InvalidRecordException("Produce requests must have one record batch per partition, found none");
        }
        MutableRecordBatch batch = batches.next();
        short version = exchange.version();
        if (batch.magic() != RecordBatch.MAGIC_VALUE_V2) {
            throw new InvalidRecordException("Produce requests with version " + version
                    + " may only contain record batches with magic version 2, not " + batch.magic());
        }
        if (version < FIRST_VERSION_WITH_ZSTD && batch.compressionType() == CompressionType.ZSTD) {
            throw new UnsupportedCompressionTypeException(
                    "Produce requests with version " + version + " may not use zstd compression");
        }
        if (batches.hasNext()) {
            throw new InvalidRecordException("Produce requests must have exactly one record batch per partition");
        }
        if (batch.isTransactional()) {
            throw new InvalidTxnStateException("Transactions are not supported yet; produce without transactional.id");
        }
        if (partition.isInternal() && !ADMIN_CLIENT_ID.equals(exchange.clientId())) {
            throw new InvalidTopicException("Cannot append to internal topic " + partition.topic());
        }
        return records;
    }
}
