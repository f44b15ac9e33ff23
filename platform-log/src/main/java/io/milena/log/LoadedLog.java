package io.milena.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;

/**
 * A log whose files were looked at.
 *
 * <pre>
 *   append, roll, truncate, retention, cleaning ──▶ one lock, while in service ──▶ {@link LogContents} ──▶ {@link LogSnapshot}
 *   read, offsets ──▶ the snapshot, without the lock
 * </pre>
 *
 * <p>Any thread. I/O errors are thrown as they come; the {@link LogSlot} knows what they mean for the log.
 */
final class LoadedLog {
    private final Object lock = new Object();
    private final TopicPartition partition;
    private final PartitionDirectory directory;
    private final DelayedTasks delayedTasks;
    private final LogContents contents;
    /** Set when the log leaves service; no change is made from then on. */
    private volatile boolean ended;

    /** @param highWatermark as the checkpoint says; bounded by what there is */
    LoadedLog(
            LogLoader.Loaded files,
            long highWatermark,
            PartitionDirectory directory,
            LogConfig config,
            LogEnvironment environment) {
        this.partition = directory.partition();
        this.directory = directory;
        this.delayedTasks = environment.delayedTasks();
        this.contents = new LogContents(files, highWatermark, directory, config, environment);
    }

    // ---- what readers see

    LogSnapshot snapshot() {
        return contents.snapshot();
    }

    /** How often records were cut off the end. */
    int truncations() {
        return contents.truncations();
    }

    LeaderEpochs epochs() {
        return contents.epochs();
    }

    /**
     * As {@link PartitionLog#read}.
     *
     * @throws OffsetOutOfRangeException below the log start offset or above the log end offset
     */
    LogRead read(long startOffset, int maxBytes, long maxOffsetExclusive, boolean minOneBatch) throws IOException {
        return look(log -> {
            LogOffsetMetadata end = log.end();
            if (startOffset < log.logStartOffset() || startOffset > end.offset()) {
                throw new OffsetOutOfRangeException("Offset " + startOffset + " of " + partition
                        + " is out of range: the log holds " + log.logStartOffset() + " to " + end.offset());
            }
            return startOffset >= maxOffsetExclusive || startOffset == end.offset()
                    ? LogReader.nothing(startOffset, log.logStartOffset(), end)
                    : LogReader.read(
                            log.segments(),
                            end,
                            log.logStartOffset(),
                            startOffset,
                            maxBytes,
                            maxOffsetExclusive,
                            minOneBatch);
        });
    }

    interface Look<T> {
        T at(LogSnapshot log) throws IOException;
    }

    /** Looks again if segments were deleted or exchanged under the look. */
    <T> T look(Look<T> look) throws IOException {
        while (true) {
            LogSnapshot now = contents.snapshot();
            try {
                return look.at(now);
            } catch (IOException e) {
                if (!LogReader.lostRace(e)
                        || now.segments() == contents.snapshot().segments()
                        || ended) {
                    throw e;
                }
            }
        }
    }

    // ---- changes

    private void checkInService() {
        if (ended) {
            throw new KafkaStorageException("The log of " + partition + " in " + directory.path() + " is offline");
        }
    }

    /** As {@link LogContents#appendAsLeader}. */
    AppendInfo appendAsLeader(ByteBuffer batches, int leaderEpoch, AppendOrigin origin, LogConfig config, long nowMs)
            throws IOException {
        synchronized (lock) {
            checkInService();
            return contents.appendAsLeader(batches, leaderEpoch, origin, config, nowMs);
        }
    }

    /** As {@link LogContents#appendAsFollower}. */
    AppendInfo appendAsFollower(ByteBuffer batches, LogConfig config, long nowMs) throws IOException {
        synchronized (lock) {
            checkInService();
            return contents.appendAsFollower(batches, config, nowMs);
        }
    }

    interface Change<T> {
        T of(LogContents contents) throws IOException;
    }

    /** Makes a change that is not on the way of an append. */
    <T> T change(Change<T> change) throws IOException {
        synchronized (lock) {
            checkInService();
            return change.of(contents);
        }
    }

    /**
     * Puts a cleaned segment in the place of others; see {@link CleaningRound}.
     *
     * @param truncations when the round began
     * @return false, with nothing done, if the log was truncated or has other segments by now
     */
    boolean exchange(List<Segment> group, Segment cleaned, int truncations, LogConfig config) throws IOException {
        if (!change(log -> log.exchange(group, cleaned, truncations))) {
            return false;
        }
        PlainFile.syncDirectory(directory.path());
        Segment[] old = group.toArray(new Segment[0]);
        delayedTasks.schedule(
                () -> LogSegments.deleteFiles(old), config.retention().fileDeleteDelayMs());
        return true;
    }

    /** Sets the high watermark, bounded by log start and log end; returns what it is now. May lower it. */
    long updateHighWatermark(long offset) {
        synchronized (lock) {
            return contents.moveHighWatermark(offset);
        }
    }

    /** Raises the high watermark, bounded by the log end; true if it rose. */
    boolean maybeAdvanceHighWatermark(long offset) {
        if (offset <= contents.snapshot().highWatermark()) {
            return false;
        }
        synchronized (lock) {
            long before = contents.snapshot().highWatermark();
            return offset > before && contents.moveHighWatermark(offset) > before;
        }
    }

    /** Notes that {@code epoch} starts at {@code offset}; durable with the first record of the epoch. */
    void assignEpoch(int epoch, long offset) {
        synchronized (lock) {
            contents.epochs().assign(epoch, offset);
        }
    }

    /** Notes that {@code epoch} starts at the log end. */
    void beginEpoch(int epoch) {
        synchronized (lock) {
            contents.epochs().assign(epoch, contents.snapshot().endOffset());
        }
    }

    /** Looks at the producers. */
    <T> T producers(Function<ProducerStates, T> look) {
        synchronized (lock) {
            return look.apply(contents.producers().states());
        }
    }

    void expireProducers(LogConfig config, long nowMs) {
        synchronized (lock) {
            contents.producers().states().expire(nowMs, config.producerIdExpirationMs());
        }
    }

    // ---- disk

    /** Everything below is flushed. */
    long recoveryPoint() {
        return contents.flushing().recoveryPoint();
    }

    /** Records that a crash of the machine may lose. */
    long unflushed() {
        return contents.snapshot().endOffset() - contents.flushing().recoveryPoint();
    }

    /** When the log was last flushed, or loaded. */
    long lastFlushMs() {
        return contents.flushing().lastFlushMs();
    }

    /** As {@link LogContents#takeRolled}. */
    long takeRolled() {
        return contents.takeRolled();
    }

    /** Forces everything below {@code upTo}, the log end or the base of a segment, to disk; appends are not held up. */
    void flush(long upTo, long nowMs) throws IOException {
        LogFlush flushing = contents.flushing();
        if (upTo <= flushing.recoveryPoint()) {
            flushing.noticed(nowMs);
            return;
        }
        int before = contents.truncations();
        flushing.force(contents.snapshot().segments(), upTo, directory.path(), contents.epochs());
        synchronized (lock) {
            // What was let in after a truncation meanwhile is not what was forced.
            if (contents.truncations() == before) {
                flushing.reached(Math.min(upTo, contents.snapshot().endOffset()));
            }
            flushing.noticed(nowMs);
        }
    }

    /** Makes the directory of a new log; false if it was there. */
    boolean makeDirectory() throws IOException {
        synchronized (lock) {
            boolean missing = !directory.isMade() && !ended;
            if (missing) {
                directory.make();
            }
            return missing;
        }
    }

    /** Closes files and frees index memory that were not used since the last call. */
    void sweep() {
        synchronized (lock) {
            for (Segment segment : contents.snapshot().segments()) {
                segment.sweep();
            }
        }
    }

    // ---- the end

    /** No change begins any more. Those under way may go on: the caller may hold another log's lock. */
    void end() {
        ended = true;
    }

    /** No change begins any more, and those under way are through. */
    void awaitEnd() {
        synchronized (lock) {
            ended = true;
        }
    }

    /** Ends, flushes, and writes indexes and the producer snapshot. */
    void store(long nowMs) throws IOException {
        synchronized (lock) {
            ended = true;
            flush(contents.snapshot().endOffset(), nowMs);
            contents.snapshot().active().storeIndexes(false);
            contents.producers().closed(contents.snapshot());
        }
    }

    /** The directory was renamed. */
    void moved() {
        for (Segment segment : contents.snapshot().segments()) {
            segment.movedTo(directory.path());
        }
    }

    /** Lets the files go, as soon as readers are through. */
    void discard() {
        for (Segment segment : contents.snapshot().segments()) {
            segment.file().discard();
        }
    }
}
