package io.milena.log;

import java.util.OptionalLong;

/**
 * State of one idempotent or transactional producer in this partition (DescribeProducers).
 *
 * @param producerId producer id
 * @param producerEpoch its newest epoch seen here
 * @param lastSequence sequence of the last record, or -1 if none
 * @param lastTimestampMs timestamp of its last batch or marker, ms since the Unix epoch
 * @param coordinatorEpoch epoch of the coordinator that wrote the last marker, or -1
 * @param currentTransactionStartOffset first offset of its open transaction
 */
public record ActiveProducer(
        long producerId,
        short producerEpoch,
        int lastSequence,
        long lastTimestampMs,
        int coordinatorEpoch,
        OptionalLong currentTransactionStartOffset) {}
