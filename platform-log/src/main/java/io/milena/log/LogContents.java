package io.milena.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.record.TimestampType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a log holds, and each change of it: segments, leader epochs, producers and offsets. One thread at a time changes it, and
 * each change ends with a {@link LogSnapshot} for readers. Deleted segments are renamed at once and their files removed after
 * file.delete.delay.ms, when readers are through.
 */
final class LogContents {
    private static final Logger LOG = LoggerFactory.getLogger(LogContents.class);
    private static final long NOTHING = -1;

    private final TopicPartition partition;
    private final PartitionDirectory directory;
    private final DelayedTasks delayedTasks;
    private final LeaderEpochs epochs;
    private final ProducerTracking producers;
    private final RollPolicy rolling;
    private final LogFlush flushing;

    private volatile LogSnapshot snapshot;
    private volatile int truncations;
    private volatile long rolledAt = NOTHING;

    /** @param highWatermark as the checkpoint says; bounded by what there is */
    LogContents(
            LogLoader.Loaded files,
            long highWatermark,
            PartitionDirectory directory,
            LogConfig config,
            LogEnvironment environment) {
        this.partition = directory.partition();
        this.directory = directory;
        this.delayedTasks = environment.delayedTasks();
        this.epochs = files.epochs();
        this.producers = new ProducerTracking(partition, files.producers());
        this.rolling = new RollPolicy(config);
        this.flushing = new LogFlush(files.recoveryPoint(), environment.clock().millis());
        Segment[] segments = files.segments();
        LogOffsetMetadata end = endOf(segments, files.logEndOffset());
        this.snapshot = new LogSnapshot(segments, end, files.logStartOffset(), files.logStartOffset(), NOTHING);
        moveHighWatermark(highWatermark);
    }

    // ---- any thread

    LogSnapshot snapshot() {
        return snapshot;
    }

    /** Counts truncations: cleaning, and flushing, that one overtook must not act on what was there before. */
    int truncations() {
        return truncations;
    }

    LeaderEpochs epochs() {
        return epochs;
    }

    LogFlush flushing() {
        return flushing;
    }

    /** Base of the active segment if the ones before it wait to be synced, and nobody took it before; else -1. */
    long takeRolled() {
        long rolled = rolledAt;
        if (rolled != NOTHING) {
            rolledAt = NOTHING;
        }
        return rolled;
    }

    // ---- one thread at a time

    ProducerTracking producers() {
        return producers;
    }

    /**
     * Assigns offsets and epoch to validated batches and writes them.
     *
     * @param batches from position to limit; their headers are changed
     */
    AppendInfo appendAsLeader(ByteBuffer batches, int leaderEpoch, AppendOrigin origin, LogConfig config, long nowMs)
            throws IOException {
        int from = batches.position();
        int to = batches.limit();
        if (to - from > config.segments().bytes() && origin != AppendOrigin.RAFT_LEADER) {
            throw new RecordBatchTooLargeException("The append to " + partition + " is " + (to - from)
                    + " bytes, larger than a segment of " + config.segments().bytes() + " bytes");
        }
        long appendTimeMs = config.messages().timestampType() == TimestampType.LOG_APPEND_TIME ? nowMs : -1;
        long start = snapshot.logStartOffset();
        ProducerEntry.Written before = producers.check(batches, from, to, origin);
        if (before != null) {
            return AppendInfo.duplicate(before, start, leaderEpoch);
        }
        long firstOffset = snapshot.endOffset();
        long next = firstOffset;
        long maxTimestamp = -1;
        int count = 0;
        for (int at = from; at < to; at += BatchHeader.size(batches, at)) {
            BatchHeader.assign(batches, at, next, leaderEpoch);
            next += BatchHeader.lastOffsetDelta(batches, at) + 1L;
            maxTimestamp = Math.max(maxTimestamp, BatchHeader.maxTimestamp(batches, at));
            count += BatchHeader.count(batches, at);
        }
        write(batches, from, to, next, maxTimestamp, config, nowMs);
        return new AppendInfo(
                firstOffset, next - 1, maxTimestamp, appendTimeMs, start, to - from, count, leaderEpoch, false);
    }

    /**
     * Writes batches that carry their offsets; segments are rolled between batches where they are full. An empty log takes a
     * first batch that begins before the log start but reaches beyond it: records were deleted up to the middle of a batch.
     */
    AppendInfo appendAsFollower(ByteBuffer batches, LogConfig config, long nowMs) throws IOException {
        long start = snapshot.logStartOffset();
        long end = snapshot.endOffset();
        int at = batches.position();
        boolean beginsBefore =
                BatchHeader.baseOffset(batches, at) < end && end == start && BatchHeader.lastOffset(batches, at) >= end;
        if (beginsBefore) {
            startAnew(BatchHeader.baseOffset(batches, at), config, nowMs);
        }
        AppendInfo done = appendRuns(batches, config, nowMs);
        if (beginsBefore) {
            raiseLogStart(start, "the first batch begins before it");
        }
        return done;
    }

    /** Writes runs of batches of one epoch for one segment. */
    private AppendInfo appendRuns(ByteBuffer batches, LogConfig config, long nowMs) throws IOException {
        int from = batches.position();
        int to = batches.limit();
        long firstOffset = BatchHeader.baseOffset(batches, from);
        long end = snapshot.endOffset();
        if (firstOffset < end) {
            throw new UnexpectedOffsetException(
                    "Batch at offset " + firstOffset + " does not continue " + partition + ", which ends at " + end,
                    firstOffset,
                    end);
        }
        long maxTimestamp = -1;
        int count = 0;
        int run = from;
        int epoch = BatchHeader.leaderEpoch(batches, from);
        long next = firstOffset;
        for (int at = from; at < to; at += BatchHeader.size(batches, at)) {
            int size = BatchHeader.size(batches, at);
            boolean full = snapshot.active().size() + (at - run) + size
                    > config.segments().bytes();
            if (at > run && (full || BatchHeader.leaderEpoch(batches, at) != epoch)) {
                write(batches, run, at, next, BatchHeader.maxTimestamp(batches, run), config, nowMs);
                run = at;
                epoch = BatchHeader.leaderEpoch(batches, at);
            }
            next = BatchHeader.lastOffset(batches, at) + 1;
            maxTimestamp = Math.max(maxTimestamp, BatchHeader.maxTimestamp(batches, at));
            count += BatchHeader.count(batches, at);
        }
        write(batches, run, to, next, BatchHeader.maxTimestamp(batches, run), config, nowMs);
        long start = snapshot.logStartOffset();
        return new AppendInfo(firstOffset, next - 1, maxTimestamp, -1, start, to - from, count, -1, false);
    }

    private void write(ByteBuffer batches, int from, int to, long next, long timestampMs, LogConfig config, long nowMs)
            throws IOException {
        long firstOffset = BatchHeader.baseOffset(batches, from);
        directory.make();
        epochs.beforeAppend(BatchHeader.leaderEpoch(batches, from), firstOffset);
        if (rolling.isDue(snapshot.active(), to - from, next - 1, timestampMs, config, nowMs)) {
            roll(RollPolicy.nextBase(snapshot.endOffset(), firstOffset, next - 1), config, nowMs);
        }
        Segment active = snapshot.active();
        if (active.size() == 0) {
            flushing.directoryChanged();
        }
        int limit = batches.limit();
        batches.limit(to).position(from);
        active.append(batches, config.segments().indexIntervalBytes());
        batches.limit(limit);
        producers.written(batches, from, to, active, next);
        publish(snapshot.segments(), next, snapshot.logStartOffset(), snapshot.highWatermark());
    }

    /** Ends the active segment and starts one at {@code baseOffset}. */
    private void roll(long baseOffset, LogConfig config, long nowMs) throws IOException {
        directory.make();
        Segment old = snapshot.active();
        Segment next = Segment.create(directory.path(), baseOffset, nowMs);
        next.createFile();
        flushing.directoryChanged();
        Segment[] segments;
        if (old.size() == 0) {
            segments = LogSegments.withLastReplaced(snapshot.segments(), next);
            old.deleteFiles();
        } else {
            old.storeIndexes(false);
            producers.rolled(baseOffset);
            segments = LogSegments.with(snapshot.segments(), next);
        }
        rolledAt = baseOffset;
        old.becomeInactive();
        publish(segments, snapshot.endOffset(), snapshot.logStartOffset(), snapshot.highWatermark());
        rolling.rolled(config);
    }

    /** Rolls the active segment unless it is empty; true if it did. */
    boolean roll(LogConfig config, long nowMs) throws IOException {
        boolean used = snapshot.active().size() > 0;
        if (used) {
            roll(snapshot.endOffset(), config, nowMs);
        }
        return used;
    }

    /** Rolls a segment whose time is up; true if it did. */
    boolean rollIfTimeIsUp(LogConfig config, long nowMs) throws IOException {
        boolean due = rolling.isTimeUp(snapshot.active(), config, nowMs);
        if (due) {
            roll(snapshot.endOffset(), config, nowMs);
        }
        return due;
    }

    /** Deletes what {@link Retention} no longer keeps; returns the number of segments. */
    int deleteOldSegments(LogConfig config, long nowMs) throws IOException {
        int count = Retention.deletable(snapshot, config, nowMs);
        if (count == 0) {
            return 0;
        }
        if (count == snapshot.segments().length) {
            roll(snapshot.endOffset(), config, nowMs);
        }
        Segment[] all = snapshot.segments();
        Segment[] kept = Arrays.copyOfRange(all, count, all.length);
        raiseLogStart(kept, kept[0].baseOffset(), "retention");
        delete(Arrays.copyOf(all, count), config);
        producers.states().deleteSnapshotsBelow(kept[0].baseOffset());
        return count;
    }

    /**
     * Puts a cleaned segment in the place of others; see {@link CleaningRound}.
     *
     * @param truncationsBefore when the round began
     * @return false, with nothing done, if the log was truncated or has other segments by now
     */
    boolean exchange(List<Segment> group, Segment cleaned, int truncationsBefore) throws IOException {
        if (truncations != truncationsBefore || !LogSegments.contains(snapshot.segments(), group)) {
            return false;
        }
        cleaned.mark(LogNames.SWAP);
        Segment[] segments = LogSegments.withReplaced(snapshot.segments(), group, cleaned);
        publish(segments, snapshot.endOffset(), snapshot.logStartOffset(), snapshot.highWatermark());
        for (Segment each : group) {
            each.markDeleted();
        }
        cleaned.mark("");
        flushing.directoryChanged();
        return true;
    }

    private void delete(Segment[] removed, LogConfig config) throws IOException {
        if (removed.length == 0) {
            return;
        }
        LOG.info(
                "{}: deleting {} segments with base offsets {}",
                partition,
                removed.length,
                Arrays.toString(
                        Arrays.stream(removed).mapToLong(Segment::baseOffset).toArray()));
        for (Segment segment : removed) {
            segment.markDeleted();
        }
        flushing.directoryChanged();
        delayedTasks.schedule(
                () -> LogSegments.deleteFiles(removed), config.retention().fileDeleteDelayMs());
    }

    /** Cuts everything from {@code offset} on; false if the log ends at or below it already. */
    boolean truncateTo(long offset, LogConfig config, long nowMs) throws IOException {
        if (offset >= snapshot.endOffset()) {
            // An epoch that began at the log end without a record is not ours any more either (KAFKA-10706).
            epochs.truncateFromEnd(offset);
            return false;
        }
        LOG.info("{}: truncating from {} to {}", partition, snapshot.endOffset(), offset);
        Segment[] all = snapshot.segments();
        int last = LogSegments.floor(all, offset);
        if (last < 0) {
            startAnew(offset, config, nowMs);
            return true;
        }
        truncations = truncations + 1;
        Segment[] kept = Arrays.copyOf(all, last + 1);
        int position = all[last].positionOf(offset, all[last].size(), Long.MAX_VALUE);
        long start = Math.min(snapshot.logStartOffset(), offset);
        // Readers first: what is cut is not to be read any more.
        LogOffsetMetadata end = new LogOffsetMetadata(offset, all[last].baseOffset(), position);
        snapshot = new LogSnapshot(kept, end, start, Math.min(snapshot.highWatermark(), offset), NOTHING);
        delete(Arrays.copyOfRange(all, last + 1, all.length), config);
        all[last].truncateTo(offset);
        // Durable before anything is written behind it: a power cut must not bring old records back among new ones.
        all[last].file().force();
        if (last + 1 < all.length) {
            PlainFile.syncDirectory(directory.path());
        }
        epochs.truncateFromEnd(offset);
        flushing.truncated(offset);
        producers.truncated(snapshot, config, nowMs);
        publish(kept, offset, start, snapshot.highWatermark());
        moveHighWatermark(snapshot.highWatermark());
        return true;
    }

    /** Deletes everything and starts anew at {@code offset}. */
    void startAnew(long offset, LogConfig config, long nowMs) throws IOException {
        LOG.info("{}: deleting everything and starting at {}", partition, offset);
        directory.make();
        truncations = truncations + 1;
        Segment only = Segment.create(directory.path(), offset, nowMs);
        Segment[] old = snapshot.segments();
        delete(old, config);
        only.createFile();
        epochs.clear();
        producers.states().restartAt(offset);
        flushing.restarted(offset);
        publish(new Segment[] {only}, offset, offset, offset);
    }

    /**
     * Raises the log start; true if it rose.
     *
     * @throws OffsetOutOfRangeException above the high watermark
     */
    boolean advanceLogStart(long offset, String reason) throws IOException {
        if (offset > snapshot.highWatermark()) {
            throw new OffsetOutOfRangeException("Cannot move the log start offset of " + partition + " to " + offset
                    + ", above the high watermark " + snapshot.highWatermark());
        }
        return raiseLogStart(offset, reason);
    }

    private boolean raiseLogStart(long offset, String reason) throws IOException {
        return raiseLogStart(snapshot.segments(), offset, reason);
    }

    private boolean raiseLogStart(Segment[] segments, long offset, String reason) throws IOException {
        boolean rises = offset > snapshot.logStartOffset();
        if (rises) {
            LOG.debug("{}: log start offset {} because of {}", partition, offset, reason);
            epochs.truncateFromStart(offset);
            producers.states().onLogStart(offset);
        }
        long start = Math.max(offset, snapshot.logStartOffset());
        publish(segments, snapshot.endOffset(), start, Math.max(start, snapshot.highWatermark()));
        return rises;
    }

    /** Sets the high watermark, bounded by log start and log end; returns what it is now. */
    long moveHighWatermark(long offset) {
        LogSnapshot now = snapshot;
        long bounded = Math.max(now.logStartOffset(), Math.min(offset, now.endOffset()));
        ProducerStates states = producers.states();
        if (states.awaitsHighWatermark()) {
            states.onHighWatermark(bounded);
        }
        snapshot =
                new LogSnapshot(now.segments(), now.end(), now.logStartOffset(), bounded, states.firstUnstableOffset());
        return bounded;
    }

    private void publish(Segment[] segments, long end, long logStart, long highWatermark) {
        long unstable = producers.states().firstUnstableOffset();
        snapshot = new LogSnapshot(segments, endOf(segments, end), logStart, highWatermark, unstable);
    }

    private static LogOffsetMetadata endOf(Segment[] segments, long offset) {
        Segment active = segments[segments.length - 1];
        return new LogOffsetMetadata(offset, active.baseOffset(), active.size());
    }
}
