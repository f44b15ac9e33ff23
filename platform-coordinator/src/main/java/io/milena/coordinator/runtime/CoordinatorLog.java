package io.milena.coordinator.runtime;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;

/** The partition log as a coordinator sees it: the seam to the data plane. Called from any thread. */
public interface CoordinatorLog {

    /**
     * Appends one or more whole batches as leader (acks=all).
     *
     * @return completes with the offset of the last record when it is committed (the high watermark is past it), on any
     *     thread, at once if it already is; fails with a {@link org.apache.kafka.common.KafkaException}. These failures
     *     promise that nothing was written: {@code NotEnoughReplicasException}, {@code RecordTooLargeException},
     *     {@code RecordBatchTooLargeException}, {@code UnknownTopicOrPartitionException}. After any other the coordinator
     *     reads the partition again. There is no time-out: the coordinator has its own for its answers.
     */
    CompletableFuture<Long> append(TopicPartition partition, MemoryRecords records);

    /**
     * Hands every batch of the partition, control batches included, to the consumer, in order, from the log start
     * offset to the log end offset at the time of the call. Blocks until done; a batch is valid only during its call.
     *
     * @throws org.apache.kafka.common.KafkaException when the partition is not led here or cannot be read
     */
    void readAll(TopicPartition partition, Consumer<RecordBatch> batches);
}
