package io.milena.log;

import io.milena.records.OffsetAndEpoch;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.jspecify.annotations.Nullable;

/**
 * The log of one partition in Kafka's disk format. Files are looked at on first use when the last shutdown was clean.
 *
 * <p>Threads: appends, truncation and deletion run on the caller's thread under this log's own lock; reads and offsets are
 * lock-free. Every method may block on the disk. An I/O error is told to the {@link StorageFailureListener} and thrown as
 * {@link KafkaStorageException}; the log is offline from then on.
 */
public final class PartitionLog implements AutoCloseable {
    private PartitionLog() {}

    /**
     * A log over {@code partitionDir}, which is created on first need.
     *
     * @param topicId written to partition.metadata; null for a log without one (it is read from there if present)
     * @param config asked whenever a setting matters
     * @throws KafkaStorageException if files cannot be recovered
     */
    public static PartitionLog open(
            Path partitionDir,
            TopicPartition partition,
            @Nullable Uuid topicId,
            Supplier<LogConfig> config,
            LogEnvironment environment,
            LogStart start) {
        throw new UnsupportedOperationException("not yet");
    }

    public TopicPartition partition() {
        throw new UnsupportedOperationException("not yet");
    }

    /** The topic's id, or null if the directory carries none. */
    public @Nullable Uuid topicId() {
        throw new UnsupportedOperationException("not yet");
    }

    /** The partition's directory; changes when the log is marked for deletion. */
    public Path directory() {
        throw new UnsupportedOperationException("not yet");
    }

    public LogConfig config() {
        throw new UnsupportedOperationException("not yet");
    }

    /**
     * Validates the batches, assigns offsets, leader epoch and, for LogAppendTime, timestamps in place, and writes once.
     * The buffer of {@code records} is changed; it may be direct and is not kept.
     *
     * @throws org.apache.kafka.common.errors.CorruptRecordException bad CRC or size
     * @throws org.apache.kafka.common.InvalidRecordException bad magic, offsets, counts, control batch from a client; {@link RejectedRecords}
     * @throws org.apache.kafka.common.errors.InvalidTimestampException timestamps out of bounds; {@link RejectedRecords}
     * @throws org.apache.kafka.common.errors.RecordTooLargeException a batch is larger than max.message.bytes
     * @throws org.apache.kafka.common.errors.RecordBatchTooLargeException all batches are larger than segment.bytes
     * @throws org.apache.kafka.common.errors.OutOfOrderSequenceException idempotent producer: gap in sequences
     * @throws org.apache.kafka.common.errors.InvalidProducerEpochException idempotent producer: fenced
     * @throws KafkaStorageException I/O error
     */
    public AppendInfo appendAsLeader(MemoryRecords records, int leaderEpoch, AppendOrigin origin) {
        throw new UnsupportedOperationException("not yet");
    }

    /**
     * Appends batches whose offsets and epochs were assigned by a leader; a partial batch at the end is dropped, and so is
     * everything from the first batch with an epoch above {@code leaderEpoch} on.
     *
     * @throws org.apache.kafka.common.errors.CorruptRecordException bad CRC or size
     * @throws UnexpectedOffsetException the first offset is below the log end offset, or offsets do not rise
     */
    public AppendInfo appendAsFollower(MemoryRecords records, int leaderEpoch) {
        throw new UnsupportedOperationException("not yet");
    }

    /**
     * Reads from the batch that holds {@code startOffset} on.
     *
     * @param maxBytes size limit, bytes
     * @param maxOffsetExclusive nothing from this offset on (high watermark, last stable offset or log end offset)
     * @param minOneBatch return the first batch whole even if it is larger than {@code maxBytes}
     * @return possibly empty records, to be released
     * @throws OffsetOutOfRangeException below the log start offset or above the log end offset
     */
    public LogRead read(long startOffset, int maxBytes, long maxOffsetExclusive, boolean minOneBatch) {
        throw new UnsupportedOperationException("not yet");
    }

    /** Aborted transactions that overlap offsets from {@code startOffset} to before {@code endOffset}. */
    public List<AbortedTransaction> abortedTransactions(long startOffset, long endOffset) {
        throw new UnsupportedOperationException("not yet");
    }

    public long logStartOffset() {
        throw new UnsupportedOperationException("not yet");
    }

    public long logEndOffset() {
        throw new UnsupportedOperationException("not yet");
    }

    /** The log end offset with its position. */
    public LogOffsetMetadata logEndOffsetMetadata() {
        throw new UnsupportedOperationException("not yet");
    }

    public long highWatermark() {
        throw new UnsupportedOperationException("not yet");
    }

    /** Smaller of the high watermark and the first offset of an open (or not yet replicated) transaction. */
    public long lastStableOffset() {
        throw new UnsupportedOperationException("not yet");
    }

    /** Everything below is flushed. */
    public long recoveryPoint() {
        throw new UnsupportedOperationException("not yet");
    }

    /** Sets the high watermark, bounded by log start and log end; returns what it is now. May lower it. */
    public long updateHighWatermark(long offset) {
        throw new UnsupportedOperationException("not yet");
    }

    /** Raises the high watermark to {@code offset}, bounded by the log end; true if it rose. */
    public boolean maybeAdvanceHighWatermark(long offset) {
        throw new UnsupportedOperationException("not yet");
    }

    /**
     * Raises the log start offset (DeleteRecords, or a follower following its leader); whole segments below it go with the
     * next {@link #deleteOldSegments}.
     *
     * @throws OffsetOutOfRangeException above the high watermark
     * @return true if it rose
     */
    public boolean advanceLogStartOffset(long offset, String reason) {
        throw new UnsupportedOperationException("not yet");
    }

    /** First record whose timestamp is at least {@code timestampMs}. */
    public Optional<TimestampOffset> offsetForTimestamp(long timestampMs) {
        throw new UnsupportedOperationException("not yet");
    }

    /** The first record with the largest timestamp (KIP-734); empty if the log is empty. */
    public Optional<TimestampOffset> maxTimestampOffset() {
        throw new UnsupportedOperationException("not yet");
    }

    /**
     * End offset of the largest epoch not above {@code epoch} (KIP-101, KIP-279): for the current epoch the log end offset;
     * (-1, -1) if unknown.
     */
    public OffsetAndEpoch endOffsetForEpoch(int epoch) {
        throw new UnsupportedOperationException("not yet");
    }

    /** Newest epoch that has an entry, with or without records. */
    public OptionalInt latestEpoch() {
        throw new UnsupportedOperationException("not yet");
    }

    /** Epoch of the record at {@code offset}, if known. */
    public OptionalInt epochForOffset(long offset) {
        throw new UnsupportedOperationException("not yet");
    }

    /** Notes that {@code epoch} starts at {@code offset}: called by a new leader with its log end offset. */
    public void assignEpochStartOffset(int epoch, long offset) {
        throw new UnsupportedOperationException("not yet");
    }

    /** Cuts everything from {@code offset} on; false if the log ends at or below it already. */
    public boolean truncateTo(long offset) {
        throw new UnsupportedOperationException("not yet");
    }

    /** Deletes everything and starts anew at {@code offset}. */
    public void truncateFullyAndStartAt(long offset) {
        throw new UnsupportedOperationException("not yet");
    }

    /**
     * Deletes segments by retention time and size (only with cleanup.policy delete) and those below the log start offset.
     *
     * @return number of segments deleted
     */
    public int deleteOldSegments(long nowMs) {
        throw new UnsupportedOperationException("not yet");
    }

    /** Rolls a segment whose time is up; true if it did. */
    public boolean maybeRoll(long nowMs) {
        throw new UnsupportedOperationException("not yet");
    }

    /** Rolls the active segment unless it is empty. */
    public void roll() {
        throw new UnsupportedOperationException("not yet");
    }

    /** Forces everything up to the log end to disk and advances the recovery point. */
    public void flush() {
        throw new UnsupportedOperationException("not yet");
    }

    /** Flushes if flush.ms has passed since the last flush and there is something to flush. */
    public void flushIfDue(long nowMs) {
        throw new UnsupportedOperationException("not yet");
    }

    /** Bytes of all segments. Zero for a log whose files have not been looked at and do not exist. */
    public long sizeInBytes() {
        throw new UnsupportedOperationException("not yet");
    }

    public int segmentCount() {
        throw new UnsupportedOperationException("not yet");
    }

    /** Producers known here that have not expired (DescribeProducers). */
    public List<ActiveProducer> activeProducers() {
        throw new UnsupportedOperationException("not yet");
    }

    /** Forgets producers that have been silent for producer.id.expiration.ms and have no open transaction. */
    public void expireProducers(long nowMs) {
        throw new UnsupportedOperationException("not yet");
    }

    /** True after a storage failure or {@link #close()}. */
    public boolean isOffline() {
        throw new UnsupportedOperationException("not yet");
    }

    /** Flushes, writes indexes and the producer snapshot, closes the files. A log that was never touched costs nothing. */
    @Override
    public void close() {
        throw new UnsupportedOperationException("not yet");
    }
}
