package io.milena.log;

import io.milena.records.OffsetAndEpoch;
import java.io.IOException;
import java.nio.file.Files;
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
 * The log of one partition in Kafka's disk format: the face of {@link LogHome} (its directory and state), {@link LogAppends},
 * {@link LogLookups}, {@link LogCutter} and {@link FlushPolicy}. Files are looked at on first use when the last shutdown was
 * clean.
 *
 * <p>Threads: appends, truncation and deletion run on the caller's thread under this log's own lock; reads and offsets are
 * lock-free. Every method may block on the disk. An I/O error is told to the {@link StorageFailureListener} and thrown as
 * {@link KafkaStorageException}; the log is offline from then on.
 */
public final class PartitionLog implements AutoCloseable {
    private final TopicPartition partition;
    private final LogHome home;
    private final Object lock;
    private final FlushPolicy flushes;
    private final LogAppends appends;
    private final LogLookups lookups;

    private PartitionLog(LogHome home) {
        this.partition = home.partition();
        this.home = home;
        this.lock = home.lock();
        this.flushes = new FlushPolicy(home);
        this.appends = new LogAppends(home, flushes);
        this.lookups = new LogLookups(home);
    }

    /**
     * A log over {@code partitionDir}, which is created if it does not exist. Without a clean shutdown it is recovered
     * before this returns.
     *
     * @param topicId written to partition.metadata; null for a log without one (it is read from there if present)
     * @param config asked whenever a setting matters
     * @throws KafkaStorageException if files cannot be created or recovered
     * @throws org.apache.kafka.common.errors.InconsistentTopicIdException the directory belongs to another topic of that name
     */
    public static PartitionLog open(
            Path partitionDir,
            TopicPartition partition,
            @Nullable Uuid topicId,
            Supplier<LogConfig> config,
            LogEnvironment environment,
            LogStart start) {
        boolean fresh = !Files.isDirectory(partitionDir);
        LogHome home = new LogHome(partitionDir, partition, topicId, config, environment, start, fresh, false);
        home.prepareDirectory();
        if (!start.cleanShutdown() && !fresh) {
            home.state();
        }
        return new PartitionLog(home);
    }

    /** A log whose directory was found at start; no file is looked at yet. */
    static PartitionLog found(
            Path partitionDir,
            TopicPartition partition,
            Supplier<LogConfig> config,
            LogEnvironment environment,
            LogStart start) {
        return new PartitionLog(new LogHome(partitionDir, partition, null, config, environment, start, false, false));
    }

    /** A new log whose directory is made with its first record, or with {@link LogHome#materialize}. */
    static PartitionLog deferred(
            Path partitionDir,
            TopicPartition partition,
            Uuid topicId,
            Supplier<LogConfig> config,
            LogEnvironment environment) {
        return new PartitionLog(
                new LogHome(partitionDir, partition, topicId, config, environment, LogStart.CLEAN, true, true));
    }

    public TopicPartition partition() {
        return partition;
    }

    /** The topic's id, or null if the directory carries none. */
    public @Nullable Uuid topicId() {
        return home.topicId();
    }

    /** The partition's directory; changes when the log is marked for deletion. */
    public Path directory() {
        return home.directory();
    }

    public LogConfig config() {
        return home.config();
    }

    /** Life cycle, for those who manage many logs. */
    LogHome home() {
        return home;
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
        return appends.asLeader(records, leaderEpoch, origin);
    }

    /**
     * Appends batches whose offsets and epochs were assigned by a leader; a partial batch at the end is dropped, and so is
     * everything from the first batch with an epoch above {@code leaderEpoch} on. An empty log takes a first batch that begins
     * before the log start but reaches beyond it: records were deleted up to the middle of a batch.
     *
     * @throws org.apache.kafka.common.errors.CorruptRecordException bad CRC or size
     * @throws UnexpectedOffsetException the first offset is below the log end offset, or offsets do not rise
     */
    public AppendInfo appendAsFollower(MemoryRecords records, int leaderEpoch) {
        return appends.asFollower(records, leaderEpoch);
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
        return lookups.read(startOffset, maxBytes, maxOffsetExclusive, minOneBatch);
    }

    /** Aborted transactions that overlap offsets from {@code startOffset} to before {@code endOffset}. */
    public List<AbortedTransaction> abortedTransactions(long startOffset, long endOffset) {
        return lookups.retried("read aborted transactions", s -> LogReader.aborted(s, startOffset, endOffset));
    }

    public long logStartOffset() {
        return home.state().logStartOffset;
    }

    public long logEndOffset() {
        return home.state().end.offset();
    }

    /** The log end offset with its position. */
    public LogOffsetMetadata logEndOffsetMetadata() {
        return home.state().end;
    }

    /** High watermark; of a log not in use yet after a clean shutdown, as the checkpoint says. */
    public long highWatermark() {
        return home.highWatermark();
    }

    /** Smaller of the high watermark and the first offset of an open (or not yet replicated) transaction. */
    public long lastStableOffset() {
        return home.state().lastStableOffset();
    }

    /** Everything below is flushed. */
    public long recoveryPoint() {
        return home.state().recoveryPoint;
    }

    /** Sets the high watermark, bounded by log start and log end; returns what it is now. May lower it. */
    public long updateHighWatermark(long offset) {
        LogState log = home.state();
        synchronized (lock) {
            return log.setHighWatermark(offset);
        }
    }

    /** Raises the high watermark to {@code offset}, bounded by the log end; true if it rose. */
    public boolean maybeAdvanceHighWatermark(long offset) {
        LogState log = home.state();
        if (offset <= log.highWatermark) {
            return false;
        }
        synchronized (lock) {
            long before = log.highWatermark;
            return offset > before && log.setHighWatermark(offset) > before;
        }
    }

    /**
     * Raises the log start offset (DeleteRecords, or a follower following its leader); whole segments below it go with the
     * next {@link #deleteOldSegments}.
     *
     * @throws OffsetOutOfRangeException above the high watermark
     * @return true if it rose
     */
    public boolean advanceLogStartOffset(long offset, String reason) {
        return change("advance the log start", log -> {
            if (offset > log.highWatermark) {
                throw new OffsetOutOfRangeException("Cannot move the log start offset of " + partition + " to " + offset
                        + ", above the high watermark " + log.highWatermark);
            }
            return home.cutter().advanceLogStart(offset, reason);
        });
    }

    /** First record whose timestamp is at least {@code timestampMs}. */
    public Optional<TimestampOffset> offsetForTimestamp(long timestampMs) {
        LogState log = home.state();
        return lookups.retried(
                "look up timestamp " + timestampMs,
                s -> Optional.ofNullable(LogReader.findByTimestamp(s, timestampMs, log.logStartOffset)));
    }

    /** The first record with the largest timestamp (KIP-734); empty if the log is empty. */
    public Optional<TimestampOffset> maxTimestampOffset() {
        LogState log = home.state();
        return lookups.retried(
                "look up the largest timestamp",
                s -> Optional.ofNullable(LogReader.findMaxTimestamp(s, log.logStartOffset)));
    }

    /**
     * End offset of the largest epoch not above {@code epoch} (KIP-101, KIP-279): for the current epoch the log end offset;
     * (-1, -1) if unknown.
     */
    public OffsetAndEpoch endOffsetForEpoch(int epoch) {
        LogState log = home.state();
        return log.epochs.endOffsetFor(epoch, log.end.offset());
    }

    /** Newest epoch that has an entry, with or without records. */
    public OptionalInt latestEpoch() {
        return home.state().epochs.latestEpoch();
    }

    /** Epoch of the record at {@code offset}, if known. */
    public OptionalInt epochForOffset(long offset) {
        return home.state().epochs.epochForOffset(offset);
    }

    /**
     * Notes that {@code epoch} starts at the log end: called by a new leader. Does not look at the files of a log that is
     * not in use yet, so that the leader of thousands of partitions is ready at once.
     */
    public void beginEpoch(int epoch) {
        home.beginEpoch(epoch);
    }

    /**
     * Notes that {@code epoch} starts at {@code offset}: called by a new leader with its log end offset. Durable with the
     * first record of the epoch.
     */
    public void assignEpochStartOffset(int epoch, long offset) {
        LogState log = home.state();
        synchronized (lock) {
            log.epochs.assign(epoch, offset);
        }
    }

    /** Cuts everything from {@code offset} on; false if the log ends at or below it already. */
    public boolean truncateTo(long offset) {
        return change("truncate to " + offset, log -> home.cutter().truncateTo(offset, home.config(), home.nowMs()));
    }

    /** How often records were cut off the end since the log was opened. */
    public int truncations() {
        return home.state().truncations;
    }

    /** Deletes everything and starts anew at {@code offset}. */
    public void truncateFullyAndStartAt(long offset) {
        change("start anew at " + offset, log -> {
            home.cutter().truncateFullyAndStartAt(offset, home.config(), home.nowMs());
            return true;
        });
    }

    /**
     * Deletes segments by retention time and size (only with cleanup.policy delete) and those below the log start offset.
     *
     * @return number of segments deleted
     */
    public int deleteOldSegments(long nowMs) {
        return change(
                "delete old segments", log -> home.cutter().deleteOldSegments(home.config(), nowMs, home.writer()));
    }

    /** Rolls a segment whose time is up; true if it did. */
    public boolean maybeRoll(long nowMs) {
        return change("roll", log -> home.writer().maybeRoll(home.config(), nowMs));
    }

    /** Rolls the active segment unless it is empty. */
    public void roll() {
        change("roll", log -> {
            boolean used = log.segments.active().size() > 0;
            if (used) {
                home.writer().roll(log.end.offset(), home.config(), home.nowMs());
            }
            return used;
        });
    }

    /** Forces everything up to the log end to disk and advances the recovery point. Does not hold up appends. */
    public void flush() {
        flushes.flush();
    }

    /** Flushes if flush.ms has passed since the last flush and there is something to flush. */
    public void flushIfDue(long nowMs) {
        flushes.flushIfDue(nowMs);
    }

    /** Bytes of all segments. */
    public long sizeInBytes() {
        return home.state().segments.sizeInBytes();
    }

    public int segmentCount() {
        return home.state().segments.all().length;
    }

    /** Producers known here (DescribeProducers). */
    public List<ActiveProducer> activeProducers() {
        LogState log = home.state();
        synchronized (lock) {
            return log.producers.active();
        }
    }

    /** Forgets producers that have been silent for producer.id.expiration.ms and have no open transaction. */
    public void expireProducers(long nowMs) {
        LogState log = home.state();
        synchronized (lock) {
            log.producers.expire(nowMs, home.config().producerIdExpirationMs());
        }
    }

    /** True after a storage failure or {@link #close()}. */
    public boolean isOffline() {
        return home.isOffline();
    }

    private interface Change<T> {
        T apply(LogState log) throws IOException;
    }

    /** Runs a change that is not on the hot paths under the lock. */
    private <T> T change(String what, Change<T> change) {
        LogState log = home.state();
        synchronized (lock) {
            try {
                return change.apply(log);
            } catch (IOException e) {
                throw home.failed(what + " of " + partition + " in " + home.directory(), e);
            }
        }
    }

    /** Flushes, writes indexes and the producer snapshot, closes the files. A log that was never touched costs nothing. */
    @Override
    public void close() {
        home.close();
    }
}
