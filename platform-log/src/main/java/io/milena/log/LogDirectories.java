package io.milena.log;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * All partition logs of one node, over one or several log.dirs. It takes the directory locks, knows whether the last
 * shutdown was clean, finds the partition directories, creates and deletes logs, and writes the checkpoint files. No
 * threads of its own but for recovery at start; the periodic methods are called by the owner's scheduler.
 */
public final class LogDirectories implements AutoCloseable {
    private LogDirectories() {}

    /**
     * Locks the directories, reads the checkpoints, lists the partitions (all but {@code __cluster_metadata-0}), and after an
     * unclean shutdown recovers them. The clean-shutdown files are read and removed.
     *
     * @param directories log.dirs
     * @param configOf the current settings of a topic's logs
     * @param recoveryThreads num.recovery.threads.per.data.dir
     * @throws org.apache.kafka.common.KafkaException if a directory is locked by another process or none is usable
     */
    public static LogDirectories open(
            List<LogDirectory> directories,
            Function<String, Supplier<LogConfig>> configOf,
            LogEnvironment environment,
            int recoveryThreads) {
        throw new UnsupportedOperationException("not yet");
    }

    /** Broker epoch of the last clean shutdown, -1 if the shutdown was not clean (previousBrokerEpoch of the registration). */
    public long previousBrokerEpoch() {
        throw new UnsupportedOperationException("not yet");
    }

    /** All configured directories. */
    public List<LogDirectory> all() {
        throw new UnsupportedOperationException("not yet");
    }

    /** Directories without a storage failure. */
    public List<LogDirectory> online() {
        throw new UnsupportedOperationException("not yet");
    }

    /** All open logs, futures not included. */
    public Collection<PartitionLog> logs() {
        throw new UnsupportedOperationException("not yet");
    }

    public Optional<PartitionLog> log(TopicPartition partition) {
        throw new UnsupportedOperationException("not yet");
    }

    /** Directory that holds the partition's log. */
    public Optional<LogDirectory> directoryOf(TopicPartition partition) {
        throw new UnsupportedOperationException("not yet");
    }

    /**
     * The partition's log; created in {@code directoryId}, or if that is null or not one of ours in the online directory with
     * the fewest logs.
     *
     * @throws org.apache.kafka.common.errors.InconsistentTopicIdException the directory belongs to another topic of that name
     * @throws org.apache.kafka.common.errors.KafkaStorageException no directory is online
     */
    public PartitionLog getOrCreate(TopicPartition partition, Uuid topicId, @Nullable Uuid directoryId) {
        throw new UnsupportedOperationException("not yet");
    }

    /** Renames the partition's directory to {@code <topic>-<n>.<uuid>-delete}; its files go after file.delete.delay.ms. */
    public void delete(TopicPartition partition) {
        throw new UnsupportedOperationException("not yet");
    }

    /** Renames the directory of a partition that the metadata does not place here to {@code <topic>-<n>.<uuid>-stray}. */
    public void markStray(TopicPartition partition) {
        throw new UnsupportedOperationException("not yet");
    }

    /** Writes recovery-point-offset-checkpoint and log-start-offset-checkpoint (log.flush.offset.checkpoint.interval.ms). */
    public void checkpointLogOffsets() {
        throw new UnsupportedOperationException("not yet");
    }

    /** Writes replication-offset-checkpoint (replica.high.watermark.checkpoint.interval.ms). */
    public void checkpointHighWatermarks() {
        throw new UnsupportedOperationException("not yet");
    }

    /** Rolls, deletes by retention, expires producers, closes idle files (log.retention.check.interval.ms). */
    public void applyRetention(long nowMs) {
        throw new UnsupportedOperationException("not yet");
    }

    /** Flushes logs whose flush.ms is over (log.flush.scheduler.interval.ms). */
    public void flushDue(long nowMs) {
        throw new UnsupportedOperationException("not yet");
    }

    /** Bytes of all logs. */
    public long sizeInBytes() {
        throw new UnsupportedOperationException("not yet");
    }

    /** Clean shutdown: closes all logs, writes checkpoints and, with {@code brokerEpoch}, the clean-shutdown files, and unlocks. */
    public void close(long brokerEpoch) {
        throw new UnsupportedOperationException("not yet");
    }

    /** Clean shutdown without a broker epoch (-1). */
    @Override
    public void close() {
        close(-1L);
    }
}
