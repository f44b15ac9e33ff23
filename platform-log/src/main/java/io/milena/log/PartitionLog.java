package io.milena.log;

import io.milena.records.OffsetAndEpoch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InconsistentTopicIdException;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.apache.kafka.common.record.TimestampType;
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
    private static final String METADATA_TOPIC = "__cluster_metadata";

    private final Object lock = new Object();
    private final TopicPartition partition;
    private final Supplier<LogConfig> config;
    private final LogEnvironment environment;
    private final LogStart start;
    private final boolean fresh;
    private volatile Path directory;
    private volatile @Nullable Uuid topicId;
    private volatile @Nullable LogState state;
    private @Nullable LogWriter writer;
    private @Nullable LogCutter cutter;
    private volatile boolean offline;
    /** The directory of a new log is made with its first record. */
    private boolean deferred;
    /** Epoch that a leader began before the files were looked at; it starts at the log end. */
    private int pendingEpoch = -1;

    private PartitionLog(
            Path directory,
            TopicPartition partition,
            @Nullable Uuid topicId,
            Supplier<LogConfig> config,
            LogEnvironment environment,
            LogStart start,
            boolean fresh) {
        this.directory = directory;
        this.partition = partition;
        this.topicId = topicId;
        this.config = config;
        this.environment = environment;
        this.start = start;
        this.fresh = fresh;
    }

    /**
     * A log over {@code partitionDir}, which is created if it does not exist. Without a clean shutdown it is recovered
     * before this returns.
     *
     * @param topicId written to partition.metadata; null for a log without one (it is read from there if present)
     * @param config asked whenever a setting matters
     * @throws KafkaStorageException if files cannot be created or recovered
     * @throws InconsistentTopicIdException the directory belongs to another topic of that name
     */
    public static PartitionLog open(
            Path partitionDir,
            TopicPartition partition,
            @Nullable Uuid topicId,
            Supplier<LogConfig> config,
            LogEnvironment environment,
            LogStart start) {
        boolean fresh = !Files.isDirectory(partitionDir);
        PartitionLog log = new PartitionLog(partitionDir, partition, topicId, config, environment, start, fresh);
        log.prepareDirectory();
        if (!start.cleanShutdown() && !fresh) {
            log.state();
        }
        return log;
    }

    /** A log whose directory was found at start; no file is looked at yet. */
    static PartitionLog found(
            Path partitionDir,
            TopicPartition partition,
            Supplier<LogConfig> config,
            LogEnvironment environment,
            LogStart start) {
        return new PartitionLog(partitionDir, partition, null, config, environment, start, false);
    }

    /** A new log whose directory is made with its first record, or with {@link #materialize}. */
    static PartitionLog deferred(
            Path partitionDir,
            TopicPartition partition,
            Uuid topicId,
            Supplier<LogConfig> config,
            LogEnvironment environment) {
        PartitionLog log =
                new PartitionLog(partitionDir, partition, topicId, config, environment, LogStart.CLEAN, true);
        log.deferred = true;
        return log;
    }

    /** Makes the directory of a new log if it is still missing; true if it did. */
    boolean materialize() {
        LogState log = state;
        if (offline || !deferred || (log != null && log.onDisk)) {
            return false;
        }
        log = state();
        synchronized (lock) {
            try {
                boolean missing = !log.onDisk && !offline;
                if (missing) {
                    log.materialize();
                }
                return missing;
            } catch (IOException e) {
                throw failed("create " + directory, e);
            }
        }
    }

    private boolean isOnDisk() {
        LogState log = state;
        return log == null ? !deferred : log.onDisk;
    }

    /** Looks at the files now: recovers them, after a crash. */
    void load() {
        state();
    }

    /**
     * Compares a found log's partition.metadata with {@code expected}, or writes it if it is missing.
     *
     * @return false if the directory belongs to another topic
     */
    boolean belongsTo(Uuid expected) {
        Uuid known = topicId;
        try {
            if (known == null) {
                known = PartitionMetadataFile.read(directory);
                if (known == null) {
                    PartitionMetadataFile.write(directory, expected);
                    known = expected;
                }
                topicId = known;
            }
        } catch (IOException e) {
            throw failed("read partition.metadata in " + directory, e);
        }
        return known.equals(expected);
    }

    private void prepareDirectory() {
        try {
            if (fresh) {
                Files.createDirectories(directory);
            }
            Uuid given = topicId;
            Uuid found = fresh ? null : PartitionMetadataFile.read(directory);
            if (found == null && given != null) {
                PartitionMetadataFile.write(directory, given);
            } else if (found != null && given != null && !found.equals(given)) {
                throw new InconsistentTopicIdException(
                        directory + " belongs to topic id " + found + ", but " + partition + " has topic id " + given);
            }
            topicId = found == null ? given : found;
        } catch (IOException e) {
            throw failed("create " + directory, e);
        }
    }

    private LogState state() {
        LogState loaded = state;
        return loaded != null && !offline ? loaded : loadState();
    }

    private LogState loadState() {
        synchronized (lock) {
            if (offline) {
                throw new KafkaStorageException("The log of " + partition + " in " + directory + " is offline");
            }
            LogState loaded = state;
            if (loaded != null) {
                return loaded;
            }
            LogConfig settings = config.get();
            long now = environment.clock().millis();
            boolean tracksProducers = !partition.topic().equals(METADATA_TOPIC);
            try {
                LogLoader.Loaded files = fresh
                        ? LogLoader.fresh(directory, start.logStartOffset(), now)
                        : new LogLoader(directory, settings, start, now, tracksProducers).load();
                loaded = new LogState(
                        partition, directory, files, start.highWatermark(), tracksProducers, now, topicId, !deferred);
                int epoch = pendingEpoch;
                if (epoch >= 0) {
                    loaded.epochs.assign(epoch, loaded.end.offset());
                }
            } catch (IOException e) {
                throw failed("load " + directory, e);
            }
            writer = new LogWriter(loaded, settings);
            cutter = new LogCutter(loaded, environment);
            state = loaded;
            return loaded;
        }
    }

    /** An I/O error: the directory's owner is told, this log goes offline. */
    private KafkaStorageException failed(String what, IOException e) {
        offline = true;
        Path logDir = directory.toAbsolutePath().getParent();
        environment.failures().onStorageFailure(logDir == null ? directory : logDir, "Cannot " + what, e);
        return new KafkaStorageException("Cannot " + what + ": " + e, e);
    }

    public TopicPartition partition() {
        return partition;
    }

    /** The topic's id, or null if the directory carries none. */
    public @Nullable Uuid topicId() {
        Uuid known = topicId;
        if (known == null && !offline) {
            try {
                known = PartitionMetadataFile.read(directory);
                topicId = known;
            } catch (IOException e) {
                throw failed("read partition.metadata in " + directory, e);
            }
        }
        return known;
    }

    /** The partition's directory; changes when the log is marked for deletion. */
    public Path directory() {
        return directory;
    }

    public LogConfig config() {
        return config.get();
    }

    /** True once the files were looked at. */
    boolean isLoaded() {
        return state != null;
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
        LogConfig settings = config.get();
        long now = environment.clock().millis();
        ByteBuffer batches = LeaderBatches.prepare(records.buffer(), settings, origin, now, partition);
        LogState log = state();
        if (!batches.hasRemaining()) {
            return AppendInfo.nothing(log.logStartOffset);
        }
        long appendTime = settings.timestampType() == TimestampType.LOG_APPEND_TIME ? now : -1;
        AppendInfo done;
        synchronized (lock) {
            LogWriter out = writer();
            try {
                done = out.appendAsLeader(batches, leaderEpoch, origin, settings, now, appendTime);
            } catch (IOException e) {
                throw failed("append to " + partition + " at offset " + log.end.offset() + " in " + directory, e);
            }
        }
        flushAfter(log, settings);
        return done;
    }

    /**
     * Appends batches whose offsets and epochs were assigned by a leader; a partial batch at the end is dropped, and so is
     * everything from the first batch with an epoch above {@code leaderEpoch} on.
     *
     * @throws org.apache.kafka.common.errors.CorruptRecordException bad CRC or size
     * @throws UnexpectedOffsetException the first offset is below the log end offset, or offsets do not rise
     */
    public AppendInfo appendAsFollower(MemoryRecords records, int leaderEpoch) {
        LogConfig settings = config.get();
        ByteBuffer batches = FollowerBatches.check(records.buffer(), leaderEpoch, partition);
        LogState log = state();
        if (!batches.hasRemaining()) {
            return AppendInfo.nothing(log.logStartOffset);
        }
        AppendInfo done;
        synchronized (lock) {
            LogWriter out = writer();
            try {
                done = out.appendAsFollower(
                        batches, settings, environment.clock().millis());
            } catch (IOException e) {
                throw failed("append to " + partition + " at offset " + log.end.offset() + " in " + directory, e);
            }
        }
        flushAfter(log, settings);
        return done;
    }

    private void flushAfter(LogState log, LogConfig settings) {
        if (log.end.offset() - log.recoveryPoint >= settings.flushMessages()) {
            flush();
        }
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
        LogState log = state();
        while (true) {
            LogOffsetMetadata end = log.end;
            long logStart = log.logStartOffset;
            if (startOffset < logStart || startOffset > end.offset()) {
                throw new OffsetOutOfRangeException("Offset " + startOffset + " of " + partition
                        + " is out of range: the log holds " + logStart + " to " + end.offset());
            }
            if (startOffset >= maxOffsetExclusive || startOffset == end.offset()) {
                return LogReader.nothing(startOffset, logStart, end);
            }
            Segment[] segments = log.segments.all();
            try {
                return LogReader.read(segments, end, logStart, startOffset, maxBytes, maxOffsetExclusive, minOneBatch);
            } catch (IOException e) {
                if (!LogReader.lostRace(e) || segments == log.segments.all() || offline) {
                    throw failed("read " + partition + " from offset " + startOffset + " in " + directory, e);
                }
            }
        }
    }

    /** Aborted transactions that overlap offsets from {@code startOffset} to before {@code endOffset}. */
    public List<AbortedTransaction> abortedTransactions(long startOffset, long endOffset) {
        LogState log = state();
        return retried(
                log, "read aborted transactions of " + partition, s -> LogReader.aborted(s, startOffset, endOffset));
    }

    private interface Lookup<T> {
        T in(Segment[] segments) throws IOException;
    }

    /** Looks again if segments were deleted under the lookup. */
    private <T> T retried(LogState log, String what, Lookup<T> lookup) {
        while (true) {
            Segment[] segments = log.segments.all();
            try {
                return lookup.in(segments);
            } catch (IOException e) {
                if (!LogReader.lostRace(e) || segments == log.segments.all() || offline) {
                    throw failed(what + " in " + directory, e);
                }
            }
        }
    }

    public long logStartOffset() {
        return state().logStartOffset;
    }

    public long logEndOffset() {
        return state().end.offset();
    }

    /** The log end offset with its position. */
    public LogOffsetMetadata logEndOffsetMetadata() {
        return state().end;
    }

    /** High watermark; of a log not in use yet after a clean shutdown, as the checkpoint says. */
    public long highWatermark() {
        LogState log = state;
        return log == null && start.cleanShutdown() && !offline ? start.highWatermark() : state().highWatermark;
    }

    /** Smaller of the high watermark and the first offset of an open (or not yet replicated) transaction. */
    public long lastStableOffset() {
        return state().lastStableOffset();
    }

    /** Everything below is flushed. */
    public long recoveryPoint() {
        return state().recoveryPoint;
    }

    /** Sets the high watermark, bounded by log start and log end; returns what it is now. May lower it. */
    public long updateHighWatermark(long offset) {
        LogState log = state();
        synchronized (lock) {
            return log.setHighWatermark(offset);
        }
    }

    /** Raises the high watermark to {@code offset}, bounded by the log end; true if it rose. */
    public boolean maybeAdvanceHighWatermark(long offset) {
        LogState log = state();
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
        LogState log = state();
        synchronized (lock) {
            if (offset > log.highWatermark) {
                throw new OffsetOutOfRangeException("Cannot move the log start offset of " + partition + " to " + offset
                        + ", above the high watermark " + log.highWatermark);
            }
            try {
                return cutter().advanceLogStart(offset, reason);
            } catch (IOException e) {
                throw failed("advance the log start of " + partition + " in " + directory, e);
            }
        }
    }

    /** First record whose timestamp is at least {@code timestampMs}. */
    public Optional<TimestampOffset> offsetForTimestamp(long timestampMs) {
        LogState log = state();
        return retried(
                log,
                "look up timestamp " + timestampMs + " of " + partition,
                s -> Optional.ofNullable(LogReader.findByTimestamp(s, timestampMs, log.logStartOffset)));
    }

    /** The first record with the largest timestamp (KIP-734); empty if the log is empty. */
    public Optional<TimestampOffset> maxTimestampOffset() {
        LogState log = state();
        return retried(
                log,
                "look up the largest timestamp of " + partition,
                s -> Optional.ofNullable(LogReader.findMaxTimestamp(s, log.logStartOffset)));
    }

    /**
     * End offset of the largest epoch not above {@code epoch} (KIP-101, KIP-279): for the current epoch the log end offset;
     * (-1, -1) if unknown.
     */
    public OffsetAndEpoch endOffsetForEpoch(int epoch) {
        LogState log = state();
        return log.epochs.endOffsetFor(epoch, log.end.offset());
    }

    /** Newest epoch that has an entry, with or without records. */
    public OptionalInt latestEpoch() {
        return state().epochs.latestEpoch();
    }

    /** Epoch of the record at {@code offset}, if known. */
    public OptionalInt epochForOffset(long offset) {
        return state().epochs.epochForOffset(offset);
    }

    /**
     * Notes that {@code epoch} starts at the log end: called by a new leader. Does not look at the files of a log that is
     * not in use yet, so that the leader of thousands of partitions is ready at once.
     */
    public void beginEpoch(int epoch) {
        synchronized (lock) {
            LogState log = state;
            if (log == null) {
                pendingEpoch = Math.max(pendingEpoch, epoch);
            } else {
                log.epochs.assign(epoch, log.end.offset());
            }
        }
    }

    /**
     * Notes that {@code epoch} starts at {@code offset}: called by a new leader with its log end offset. Durable with the
     * first record of the epoch.
     */
    public void assignEpochStartOffset(int epoch, long offset) {
        LogState log = state();
        synchronized (lock) {
            log.epochs.assign(epoch, offset);
        }
    }

    /** Cuts everything from {@code offset} on; false if the log ends at or below it already. */
    public boolean truncateTo(long offset) {
        state();
        synchronized (lock) {
            try {
                return cutter().truncateTo(
                                offset, config.get(), environment.clock().millis());
            } catch (IOException e) {
                throw failed("truncate " + partition + " to " + offset + " in " + directory, e);
            }
        }
    }

    /** Deletes everything and starts anew at {@code offset}. */
    public void truncateFullyAndStartAt(long offset) {
        state();
        synchronized (lock) {
            try {
                cutter().truncateFullyAndStartAt(
                                offset, config.get(), environment.clock().millis());
            } catch (IOException e) {
                throw failed("start " + partition + " anew at " + offset + " in " + directory, e);
            }
        }
    }

    /**
     * Deletes segments by retention time and size (only with cleanup.policy delete) and those below the log start offset.
     *
     * @return number of segments deleted
     */
    public int deleteOldSegments(long nowMs) {
        state();
        synchronized (lock) {
            LogWriter out = writer();
            try {
                return cutter().deleteOldSegments(config.get(), nowMs, out);
            } catch (IOException e) {
                throw failed("delete old segments of " + partition + " in " + directory, e);
            }
        }
    }

    /** Rolls a segment whose time is up; true if it did. */
    public boolean maybeRoll(long nowMs) {
        state();
        synchronized (lock) {
            try {
                return writer().maybeRoll(config.get(), nowMs);
            } catch (IOException e) {
                throw failed("roll " + partition + " in " + directory, e);
            }
        }
    }

    /** Rolls the active segment unless it is empty. */
    public void roll() {
        LogState log = state();
        synchronized (lock) {
            if (log.segments.active().size() > 0) {
                try {
                    writer().roll(
                                    log.end.offset(),
                                    config.get(),
                                    environment.clock().millis());
                } catch (IOException e) {
                    throw failed("roll " + partition + " in " + directory, e);
                }
            }
        }
    }

    /** Forces everything up to the log end to disk and advances the recovery point. Does not hold up appends. */
    public void flush() {
        LogState log = state();
        try {
            LogFlush.flush(log, lock, environment.clock().millis());
        } catch (IOException e) {
            throw failed("flush " + partition + " in " + directory, e);
        }
    }

    /** Flushes if flush.ms has passed since the last flush and there is something to flush. */
    public void flushIfDue(long nowMs) {
        LogState log = state;
        if (log != null
                && !offline
                && log.end.offset() > log.recoveryPoint
                && nowMs - log.lastFlushMs >= config.get().flushMs()) {
            flush();
        }
    }

    /** Bytes of all segments. */
    public long sizeInBytes() {
        return state().segments.sizeInBytes();
    }

    public int segmentCount() {
        return state().segments.all().length;
    }

    /** Producers known here (DescribeProducers). */
    public List<ActiveProducer> activeProducers() {
        LogState log = state();
        synchronized (lock) {
            return log.producers.active();
        }
    }

    /** Forgets producers that have been silent for producer.id.expiration.ms and have no open transaction. */
    public void expireProducers(long nowMs) {
        LogState log = state();
        synchronized (lock) {
            log.producers.expire(nowMs, config.get().producerIdExpirationMs());
        }
    }

    /** An untouched log whose settings delete nothing need not be looked at. */
    boolean isRetentionDue() {
        if (offline || state != null) {
            return !offline;
        }
        LogConfig settings = config.get();
        return settings.delete() && (settings.retentionMs() >= 0 || settings.retentionBytes() >= 0);
    }

    /** Closes files and frees index memory that were not used since the last call. */
    void sweep() {
        LogState log = state;
        if (log != null && !offline) {
            synchronized (lock) {
                for (Segment segment : log.segments.all()) {
                    segment.sweep();
                }
            }
        }
    }

    /** True after a storage failure or {@link #close()}. */
    public boolean isOffline() {
        return offline;
    }

    /** The directory failed elsewhere. */
    void markOffline() {
        offline = true;
    }

    /** What the checkpoint files say of this log: as they said before if it was not touched. */
    LogStart checkpoint() {
        LogState log = state;
        return log == null
                ? start
                : new LogStart(log.recoveryPoint, log.logStartOffset, log.highWatermark, start.cleanShutdown());
    }

    private LogWriter writer() {
        LogWriter loaded = writer;
        if (loaded == null || offline) {
            throw new KafkaStorageException("The log of " + partition + " in " + directory + " is offline");
        }
        return loaded;
    }

    private LogCutter cutter() {
        LogCutter loaded = cutter;
        if (loaded == null || offline) {
            throw new KafkaStorageException("The log of " + partition + " in " + directory + " is offline");
        }
        return loaded;
    }

    /** Takes the log out of service and moves its directory to a sibling {@code name}; readers go on reading. */
    void renameDirectory(String name) {
        synchronized (lock) {
            offline = true;
            Path target = directory.resolveSibling(name);
            try {
                if (isOnDisk()) {
                    Files.move(directory, target, StandardCopyOption.ATOMIC_MOVE);
                }
            } catch (IOException e) {
                throw failed("rename " + directory + " to " + target, e);
            }
            directory = target;
            LogState log = state;
            if (log != null) {
                for (Segment segment : log.segments.all()) {
                    segment.movedTo(target);
                }
            }
        }
    }

    /** After {@link #renameDirectory}: lets the files go, as soon as readers are through. */
    void discard() {
        LogState log = state;
        if (log != null) {
            for (Segment segment : log.segments.all()) {
                segment.file().discard();
            }
        }
    }

    /** Flushes, writes indexes and the producer snapshot, closes the files. A log that was never touched costs nothing. */
    @Override
    public void close() {
        synchronized (lock) {
            LogState log = state;
            if (log == null || offline) {
                offline = true;
                return;
            }
            try {
                LogFlush.flush(log, lock, environment.clock().millis());
                log.segments.active().storeIndexes(false);
                if (log.tracksProducers && log.producers.isWorthSnapshot(log.segments.all().length)) {
                    log.producers.takeSnapshot(false);
                }
            } catch (IOException e) {
                throw failed("close " + partition + " in " + directory, e);
            } finally {
                offline = true;
                discard();
            }
        }
    }
}
