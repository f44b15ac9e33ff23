package io.milena.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;

/** Appends to a loaded log and rolls its segments. Every method runs under the partition's lock. */
final class LogWriter {
    private final LogState log;
    private long rollJitterMs;

    LogWriter(LogState log, LogConfig config) {
        this.log = log;
        drawJitter(config);
    }

    /**
     * Assigns offsets and epoch to validated batches and writes them.
     *
     * @param batches from position to limit; their headers are changed
     * @param appendTimeMs the time of a LogAppendTime topic, else -1
     */
    AppendInfo appendAsLeader(
            ByteBuffer batches, int leaderEpoch, AppendOrigin origin, LogConfig config, long nowMs, long appendTimeMs)
            throws IOException {
        int from = batches.position();
        int to = batches.limit();
        if (to - from > config.segmentBytes() && origin != AppendOrigin.RAFT_LEADER) {
            throw new RecordBatchTooLargeException("The append to " + log.partition + " is " + (to - from)
                    + " bytes, larger than a segment of " + config.segmentBytes() + " bytes");
        }
        long duplicate = checkProducers(batches, from, to, origin);
        if (duplicate >= 0) {
            long first = duplicate - BatchHeader.lastOffsetDelta(batches, from);
            return new AppendInfo(first, duplicate, -1, appendTimeMs, log.logStartOffset, 0, 0, leaderEpoch, true);
        }
        long firstOffset = log.end.offset();
        long next = firstOffset;
        long maxTimestamp = -1;
        int count = 0;
        for (int at = from; at < to; at += BatchHeader.size(batches, at)) {
            BatchHeader.assign(batches, at, next, leaderEpoch);
            next += BatchHeader.lastOffsetDelta(batches, at) + 1L;
            maxTimestamp = Math.max(maxTimestamp, BatchHeader.maxTimestamp(batches, at));
            count += BatchHeader.count(batches, at);
        }
        log.materialize();
        log.epochs.beforeAppend(leaderEpoch, firstOffset);
        rollIfNeeded(to - from, firstOffset, next - 1, maxTimestamp, config, nowMs);
        write(batches, from, to, next, config);
        return new AppendInfo(
                firstOffset,
                next - 1,
                maxTimestamp,
                appendTimeMs,
                log.logStartOffset,
                to - from,
                count,
                leaderEpoch,
                false);
    }

    /** Writes batches that carry their offsets; segments are rolled between batches where they are full. */
    AppendInfo appendAsFollower(ByteBuffer batches, LogConfig config, long nowMs) throws IOException {
        int from = batches.position();
        int to = batches.limit();
        long firstOffset = BatchHeader.baseOffset(batches, from);
        if (firstOffset < log.end.offset()) {
            throw new UnexpectedOffsetException(
                    "Batch at offset " + firstOffset + " does not continue " + log.partition + ", which ends at "
                            + log.end.offset(),
                    firstOffset,
                    log.end.offset());
        }
        long maxTimestamp = -1;
        int count = 0;
        int run = from;
        int epoch = BatchHeader.leaderEpoch(batches, from);
        long next = firstOffset;
        for (int at = from; at < to; at += BatchHeader.size(batches, at)) {
            boolean full =
                    log.segments.active().size() + (at - run) + BatchHeader.size(batches, at) > config.segmentBytes();
            if (at > run && (full || BatchHeader.leaderEpoch(batches, at) != epoch)) {
                appendRun(batches, run, at, next, config, nowMs);
                run = at;
                epoch = BatchHeader.leaderEpoch(batches, at);
            }
            next = BatchHeader.lastOffset(batches, at) + 1;
            maxTimestamp = Math.max(maxTimestamp, BatchHeader.maxTimestamp(batches, at));
            count += BatchHeader.count(batches, at);
        }
        appendRun(batches, run, to, next, config, nowMs);
        return new AppendInfo(firstOffset, next - 1, maxTimestamp, -1, log.logStartOffset, to - from, count, -1, false);
    }

    /** Batches of one epoch for one segment. */
    private void appendRun(ByteBuffer batches, int from, int to, long next, LogConfig config, long nowMs)
            throws IOException {
        long first = BatchHeader.baseOffset(batches, from);
        log.materialize();
        log.epochs.beforeAppend(BatchHeader.leaderEpoch(batches, from), first);
        rollIfNeeded(to - from, first, next - 1, BatchHeader.maxTimestamp(batches, from), config, nowMs);
        write(batches, from, to, next, config);
    }

    private void write(ByteBuffer batches, int from, int to, long next, LogConfig config) throws IOException {
        int limit = batches.limit();
        batches.limit(to).position(from);
        Segment active = log.segments.active();
        if (active.size() == 0) {
            log.directoryBehind = true;
        }
        active.append(batches, config.indexIntervalBytes());
        batches.limit(limit);
        if (log.tracksProducers) {
            for (int at = from; at < to; at += BatchHeader.size(batches, at)) {
                if (BatchHeader.producerId(batches, at) >= 0) {
                    applyProducer(batches, at, active);
                }
            }
        }
        log.producers.advanceTo(next);
        log.end = new LogOffsetMetadata(next, active.baseOffset(), active.size());
    }

    private void applyProducer(ByteBuffer batches, int at, Segment active) throws IOException {
        if (!BatchHeader.isControl(batches, at)) {
            log.producers.applyData(batches, at);
            return;
        }
        TransactionMarker marker = TransactionMarker.read(batches, at);
        ProducerStates.Completed ended = marker == null ? null : log.producers.applyMarker(batches, at, marker);
        if (ended != null && ended.aborted()) {
            active.aborts()
                    .append(new AbortedTransaction(
                            ended.producerId(), ended.firstOffset(), ended.lastOffset(), ended.lastStableOffset()));
        }
    }

    /** @return last offset of the batch that this one repeats, or -1 */
    private long checkProducers(ByteBuffer batches, int from, int to, AppendOrigin origin) {
        if (!log.tracksProducers) {
            return -1;
        }
        boolean client = origin == AppendOrigin.CLIENT;
        for (int at = from; at < to; at += BatchHeader.size(batches, at)) {
            long producerId = BatchHeader.producerId(batches, at);
            if (producerId < 0) {
                continue;
            }
            ProducerEntry entry = log.producers.find(producerId);
            if (BatchHeader.isControl(batches, at)) {
                TransactionMarker marker = TransactionMarker.read(batches, at);
                if (marker != null) {
                    ProducerCheck.marker(entry, BatchHeader.producerEpoch(batches, at), marker, log.partition);
                }
                continue;
            }
            if (client && entry != null) {
                long duplicate = entry.lastOffsetOf(
                        BatchHeader.producerEpoch(batches, at),
                        BatchHeader.baseSequence(batches, at),
                        BatchHeader.lastSequence(batches, at));
                if (duplicate >= 0) {
                    return duplicate;
                }
            }
            ProducerCheck.dataBatch(entry, batches, at, client, log.partition);
        }
        return -1;
    }

    private void rollIfNeeded(
            int bytes, long firstOffset, long lastOffset, long timestampMs, LogConfig config, long nowMs)
            throws IOException {
        Segment active = log.segments.active();
        if (active.size() > 0
                ? isFull(active, bytes, lastOffset, config) || isTimeUp(active, timestampMs, config, nowMs)
                : !active.canHold(lastOffset)) {
            roll(nextBase(firstOffset, lastOffset), config, nowMs);
        }
    }

    /**
     * A segment begins where the one before ends, also in a copy of a compacted log, whose next record may be far ahead. So a
     * gap between two segments shows after a power cut that the end of the first one was lost. Only where the indexes could
     * not tell the offset from that base, a segment begins at its first record.
     */
    private long nextBase(long firstOffset, long lastOffset) {
        long end = log.end.offset();
        return lastOffset - end <= Integer.MAX_VALUE ? end : firstOffset;
    }

    private static boolean isFull(Segment active, int bytes, long lastOffset, LogConfig config) throws IOException {
        return active.size() > config.segmentBytes() - bytes
                || !active.canHold(lastOffset)
                || active.indexesFull(config.segmentIndexBytes());
    }

    /**
     * segment.ms: as Kafka, counted in the records' own time if they carry one, else since the segment was created.
     *
     * @param timestampMs newest timestamp to be appended, or -1 to compare with the wall clock
     */
    private boolean isTimeUp(Segment active, long timestampMs, LogConfig config, long nowMs) throws IOException {
        if (config.segmentMs() == Long.MAX_VALUE) {
            return false;
        }
        long first = active.firstTimestampMs();
        long waited = first >= 0 && timestampMs >= 0 ? timestampMs - first : nowMs - active.createdMs();
        return waited > config.segmentMs() - rollJitterMs;
    }

    /** Rolls if the wall clock says that the active segment's time is up; true if it did. */
    boolean maybeRoll(LogConfig config, long nowMs) throws IOException {
        Segment active = log.segments.active();
        if (active.size() > 0 && isTimeUp(active, nowMs, config, nowMs)) {
            roll(log.end.offset(), config, nowMs);
            return true;
        }
        return false;
    }

    /** Ends the active segment and starts one at {@code baseOffset}. */
    void roll(long baseOffset, LogConfig config, long nowMs) throws IOException {
        Segment old = log.segments.active();
        Segment next = Segment.create(log.directory, baseOffset, nowMs);
        next.createFile();
        log.directoryBehind = true;
        if (old.size() == 0) {
            log.segments.replaceLast(next).deleteFiles();
        } else {
            old.storeIndexes(false);
            if (log.tracksProducers) {
                log.producers.advanceTo(baseOffset);
                log.producers.takeSnapshot(false);
            }
            log.segments.add(next);
        }
        log.rolled = true;
        old.becomeInactive();
        log.end = log.endAt(log.end.offset());
        drawJitter(config);
    }

    private void drawJitter(LogConfig config) {
        long bound = Math.min(config.segmentJitterMs(), config.segmentMs());
        rollJitterMs = bound > 0 ? ThreadLocalRandom.current().nextLong(bound) : 0;
    }
}
