package io.milena.coordinator.runtime;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;

/**
 * The partition log as a coordinator sees it: the seam to the data plane. Called from any thread. Methods throw {@link
 * org.apache.kafka.common.errors.NotLeaderOrFollowerException} or {@link
 * org.apache.kafka.common.errors.FencedLeaderEpochException} if this broker does not lead the partition in the epoch they are given.
 */
public interface CoordinatorLog {

    /**
     * Records that are in the log.
     *
     * @param committed completes when the high watermark is past the last one, or fails when this broker does not lead the
     *     partition any more. On any thread, possibly one that holds locks of the data plane: dependents must hand off.
     */
    record Appended(long lastOffset, CompletableFuture<Void> committed) {}

    /**
     * Appends one batch as the leader of this epoch (acks=all). Whether the log takes it is known when this returns.
     *
     * @throws org.apache.kafka.common.KafkaException if it does not. These promise that nothing was written: {@code
     *     NotEnoughReplicasException}, {@code RecordTooLargeException}, {@code RecordBatchTooLargeException}, {@code
     *     UnknownTopicOrPartitionException}, and those of a leader epoch. After any other the coordinator reads the partition
     *     again.
     */
    Appended append(TopicPartition partition, int leaderEpoch, MemoryRecords records);

    /**
     * The largest batch that the log takes now, in bytes ({@code max.message.bytes} of the topic). Never throws: {@link
     * Integer#MAX_VALUE} if the partition is not here, as the append will tell.
     */
    int maxBatchBytes(TopicPartition partition);

    /** As {@link Appended#committed}, for records that were found in the log. */
    CompletableFuture<Void> whenCommitted(TopicPartition partition, int leaderEpoch, long offset);

    /**
     * Hands every batch of the partition, control batches included, to the consumer, in order, from the log start offset to
     * the log end offset at the time of the call. Blocks until done; a batch is valid only during its call, and its checksum
     * has not been looked at.
     *
     * @throws org.apache.kafka.common.KafkaException when the partition cannot be read
     */
    void readAll(TopicPartition partition, int leaderEpoch, Consumer<RecordBatch> batches);
}
