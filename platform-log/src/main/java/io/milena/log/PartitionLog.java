package io.milena.log;

import io.milena.records.OffsetAndEpoch;
import java.io.IOException;
import java.nio.ByteBuffer;
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
 * The log of one partition in Kafka's disk format: what other rooms hold of a {@link LogSlot}, which knows whether the log is in
 * service, and of its {@link LoadedLog}. Files are looked at on first use when the last shutdown was clean.
 *
 * <p>Threads: appends, truncation and deletion run on the caller's thread under this log's own lock; reads and offsets are
 * lock-free. Every method may block on the disk. An I/O error is told to the {@link StorageFailureListener} and thrown as
 * {@link KafkaStorageException}; the log is offline from then on.
 */
public final class PartitionLog implements AutoCloseable {
    private final TopicPartition partition;
    private final LogSlot slot;

    PartitionLog(LogSlot slot) {
        this.partition = slot.directory().partition();
        this.slot = slot;
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
        return LogFactory.open(partitionDir, partition, topicId, config, environment, start);
    }

    public TopicPartition partition() {
        return partition;
    }

    /** The topic's id, or null if the directory carries none. */
    public @Nullable Uuid topicId() {
        return slot.topicId();
    }

    /** The partition's directory; changes when the log is marked for deletion. */
    public Path directory() {
        return slot.path();
    }

    public LogConfig config() {
        return slot.config();
    }

    /** Its life cycle, for those who manage many logs. */
    LogSlot slot() {
        return slot;
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
        LogConfig settings = slot.config();
        long now = slot.nowMs();
        ByteBuffer batches = LeaderBatches.prepare(records.buffer(), settings, origin, now, partition);
        LoadedLog log = slot.log();
        if (!batches.hasRemaining()) {
            return AppendInfo.nothing(log.snapshot().logStartOffset());
        }
        AppendInfo done;
        try {
            done = log.appendAsLeader(batches, leaderEpoch, origin, settings, now);
        } catch (IOException e) {
            throw failed("append to", log, e);
        }
        flushAfterAppend(log, settings);
        return done;
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
        LogConfig settings = slot.config();
        ByteBuffer batches = FollowerBatches.check(records.buffer(), leaderEpoch, partition);
        LoadedLog log = slot.log();
        if (!batches.hasRemaining()) {
            return AppendInfo.nothing(log.snapshot().logStartOffset());
        }
        AppendInfo done;
        try {
            done = log.appendAsFollower(batches, settings, slot.nowMs());
        } catch (IOException e) {
            throw failed("append to", log, e);
        }
        flushAfterAppend(log, settings);
        return done;
    }

    /** After flush.messages at once; a segment that was ended is synced off this thread, so that a crash has only the newest to recover. */
    private void flushAfterAppend(LoadedLog log, LogConfig settings) {
        if (log.unflushed() >= settings.flush().messages()) {
            flush();
            return;
        }
        long base = log.takeRolled();
        if (base >= 0) {
            slot.environment().delayedTasks().schedule(() -> flushUpTo(base), 0);
        }
    }

    private void flushUpTo(long base) {
        LoadedLog log = slot.logIfLoaded();
        if (log != null) {
            flush(log, base);
        }
    }

    private KafkaStorageException failed(String what, LoadedLog log, IOException e) {
        long end = log.snapshot().endOffset();
        return slot.fail(what + " " + partition + " at offset " + end + " in " + directory(), e);
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
        LoadedLog log = slot.log();
        try {
            return log.read(startOffset, maxBytes, maxOffsetExclusive, minOneBatch);
        } catch (IOException e) {
            throw failed("read from offset " + startOffset + " of", log, e);
        }
    }

    /** Aborted transactions that overlap offsets from {@code startOffset} to before {@code endOffset}. */
    public List<AbortedTransaction> abortedTransactions(long startOffset, long endOffset) {
        return run(
                "read aborted transactions",
                log -> log.look(now -> LogReader.aborted(now.segments(), startOffset, endOffset)));
    }

    public long logStartOffset() {
        return now().logStartOffset();
    }

    public long logEndOffset() {
        return now().endOffset();
    }

    /** The log end offset with its position. */
    public LogOffsetMetadata logEndOffsetMetadata() {
        return now().end();
    }

    private LogSnapshot now() {
        return slot.log().snapshot();
    }

    /** High watermark; of a log that was closed and is not in use yet, as the checkpoint says. */
    public long highWatermark() {
        return slot.highWatermark();
    }

    /** Smaller of the high watermark and the first offset of an open (or not yet replicated) transaction. */
    public long lastStableOffset() {
        return now().lastStableOffset();
    }

    /** Everything below is flushed. */
    public long recoveryPoint() {
        return slot.log().recoveryPoint();
    }

    /** Sets the high watermark, bounded by log start and log end; returns what it is now. May lower it. */
    public long updateHighWatermark(long offset) {
        return slot.log().updateHighWatermark(offset);
    }

    /** Raises the high watermark to {@code offset}, bounded by the log end; true if it rose. */
    public boolean maybeAdvanceHighWatermark(long offset) {
        return slot.log().maybeAdvanceHighWatermark(offset);
    }

    /**
     * Raises the log start offset (DeleteRecords, or a follower following its leader); whole segments below it go with the
     * next {@link #deleteOldSegments}.
     *
     * @throws OffsetOutOfRangeException above the high watermark
     * @return true if it rose
     */
    public boolean advanceLogStartOffset(long offset, String reason) {
        return change("advance the log start", to -> to.advanceLogStart(offset, reason));
    }

    /** First record whose timestamp is at least {@code timestampMs}. */
    public Optional<TimestampOffset> offsetForTimestamp(long timestampMs) {
        return run(
                "look up timestamp " + timestampMs,
                log -> log.look(now -> Optional.ofNullable(
                        LogReader.findByTimestamp(now.segments(), timestampMs, now.logStartOffset()))));
    }

    /** The first record with the largest timestamp (KIP-734); empty if the log is empty. */
    public Optional<TimestampOffset> maxTimestampOffset() {
        return run(
                "look up the largest timestamp",
                log -> log.look(
                        now -> Optional.ofNullable(LogReader.findMaxTimestamp(now.segments(), now.logStartOffset()))));
    }

    /**
     * End offset of the largest epoch not above {@code epoch} (KIP-101, KIP-279): for the current epoch the log end offset;
     * (-1, -1) if unknown.
     */
    public OffsetAndEpoch endOffsetForEpoch(int epoch) {
        LoadedLog log = slot.log();
        return log.epochs().endOffsetFor(epoch, log.snapshot().endOffset());
    }

    /** Newest epoch that has an entry, with or without records. */
    public OptionalInt latestEpoch() {
        return slot.log().epochs().latestEpoch();
    }

    /** Epoch of the record at {@code offset}, if known. */
    public OptionalInt epochForOffset(long offset) {
        return slot.log().epochs().epochForOffset(offset);
    }

    /**
     * Notes that {@code epoch} starts at the log end: called by a new leader. Does not look at the files of a log that is
     * not in use yet, so that the leader of thousands of partitions is ready at once.
     */
    public void beginEpoch(int epoch) {
        slot.beginEpoch(epoch);
    }

    /**
     * Notes that {@code epoch} starts at {@code offset}: called by a new leader with its log end offset. Durable with the
     * first record of the epoch.
     */
    public void assignEpochStartOffset(int epoch, long offset) {
        slot.log().assignEpoch(epoch, offset);
    }

    /** Cuts everything from {@code offset} on; false if the log ends at or below it already. */
    public boolean truncateTo(long offset) {
        return change("truncate to " + offset, to -> to.truncateTo(offset, slot.config(), slot.nowMs()));
    }

    /** How often records were cut off the end since the log was opened. */
    public int truncations() {
        return slot.log().truncations();
    }

    /** Deletes everything and starts anew at {@code offset}. */
    public void truncateFullyAndStartAt(long offset) {
        change("start anew at " + offset, to -> {
            to.startAnew(offset, slot.config(), slot.nowMs());
            return true;
        });
    }

    /**
     * Deletes segments by retention time and size (only with cleanup.policy delete) and those below the log start offset.
     *
     * @return number of segments deleted
     */
    public int deleteOldSegments(long nowMs) {
        return change("delete old segments", to -> to.deleteOldSegments(slot.config(), nowMs));
    }

    /** Rolls a segment whose time is up; true if it did. */
    public boolean maybeRoll(long nowMs) {
        return change("roll", to -> to.rollIfTimeIsUp(slot.config(), nowMs));
    }

    /** Rolls the active segment unless it is empty. */
    public void roll() {
        change("roll", to -> to.roll(slot.config(), slot.nowMs()));
    }

    /** Forces everything up to the log end to disk and advances the recovery point. Does not hold up appends. */
    public void flush() {
        LoadedLog log = slot.log();
        flush(log, log.snapshot().endOffset());
    }

    private void flush(LoadedLog log, long upTo) {
        try {
            log.flush(upTo, slot.nowMs());
        } catch (IOException e) {
            throw failed("flush", log, e);
        }
    }

    /** Flushes if flush.ms has passed since the last flush and there is something to flush. */
    public void flushIfDue(long nowMs) {
        LoadedLog log = slot.logIfLoaded();
        if (log != null
                && log.unflushed() > 0
                && nowMs - log.lastFlushMs() >= slot.config().flush().ms()) {
            flush();
        }
    }

    /**
     * Cleans a compacted log; see {@link CleaningRound#run}.
     *
     * @return where the dirty part begins now
     */
    long clean(long firstDirty, long upTo, long memoryBytes, long nowMs) {
        return run("clean", log -> new CleaningRound(log, slot, nowMs).run(firstDirty, upTo, memoryBytes));
    }

    /** Bytes of all segments. */
    public long sizeInBytes() {
        return now().sizeInBytes();
    }

    public int segmentCount() {
        return now().segments().length;
    }

    /** Producers known here (DescribeProducers). */
    public List<ActiveProducer> activeProducers() {
        return slot.log().producers(ProducerStates::active);
    }

    /** Forgets producers that have been silent for producer.id.expiration.ms and have no open transaction. */
    public void expireProducers(long nowMs) {
        slot.log().expireProducers(slot.config(), nowMs);
    }

    /** True after a storage failure or {@link #close()}. */
    public boolean isOffline() {
        return slot.isOffline();
    }

    private <T> T change(String what, LoadedLog.Change<T> change) {
        return run(what, log -> log.change(change));
    }

    private interface Step<T> {
        T on(LoadedLog log) throws IOException;
    }

    /** Does what is not on the hot paths; an I/O error takes the log offline. */
    private <T> T run(String what, Step<T> step) {
        LoadedLog log = slot.log();
        try {
            return step.on(log);
        } catch (IOException e) {
            throw failed(what + ":", log, e);
        }
    }

    /** Flushes, writes indexes and the producer snapshot, closes the files. A log that was never touched costs nothing. */
    @Override
    public void close() {
        slot.close();
    }
}
