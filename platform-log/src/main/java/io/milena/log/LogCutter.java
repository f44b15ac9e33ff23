package io.milena.log;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes records away: truncation at the end, retention and DeleteRecords at the start. Under the partition's lock. Files of
 * deleted segments are renamed at once and removed after file.delete.delay.ms, when readers are through.
 */
final class LogCutter {
    private static final Logger LOG = LoggerFactory.getLogger(LogCutter.class);
    private final LogState log;
    private final LogEnvironment environment;

    LogCutter(LogState log, LogEnvironment environment) {
        this.log = log;
        this.environment = environment;
    }

    boolean truncateTo(long offset, LogConfig config, long nowMs) throws IOException {
        if (offset >= log.end.offset()) {
            // An epoch that began at the log end without a record is not ours any more either (KAFKA-10706).
            log.epochs.truncateFromEnd(offset);
            return false;
        }
        LOG.info("{}: truncating from {} to {}", log.partition, log.end.offset(), offset);
        if (log.segments.first().baseOffset() > offset) {
            truncateFullyAndStartAt(offset, config, nowMs);
            return true;
        }
        log.truncations = log.truncations + 1;
        Segment[] all = log.segments.all();
        int keep = LogSegments.floor(all, offset);
        log.end = new LogOffsetMetadata(offset, all[keep].baseOffset(), all[keep].size());
        delete(log.segments.removeFrom(keep + 1), config);
        all[keep].truncateTo(offset);
        // Durable before anything is written behind it: a power cut must not bring old records back among new ones.
        all[keep].file().force();
        if (keep + 1 < all.length) {
            PlainFile.syncDirectory(log.directory);
        }
        log.epochs.truncateFromEnd(offset);
        log.logStartOffset = Math.min(log.logStartOffset, offset);
        log.recoveryPoint = Math.min(log.recoveryPoint, offset);
        log.end = log.endAt(offset);
        if (log.tracksProducers) {
            log.producers.deleteSnapshotsAbove(offset);
            log.producers.restore(log.logStartOffset, offset, nowMs, config.producerIdExpirationMs());
            LogLoader.replay(log.segments, log.producers, log.producers.endOffset(), offset);
        }
        log.setHighWatermark(log.highWatermark);
        return true;
    }

    void truncateFullyAndStartAt(long offset, LogConfig config, long nowMs) throws IOException {
        LOG.info("{}: deleting everything and starting at {}", log.partition, offset);
        log.materialize();
        log.truncations = log.truncations + 1;
        Segment only = Segment.create(log.directory, offset, nowMs);
        delete(log.segments.replaceAll(only), config);
        only.createFile();
        log.directoryBehind = true;
        log.epochs.clear();
        log.producers.restartAt(offset);
        log.logStartOffset = offset;
        log.recoveryPoint = offset;
        log.end = log.endAt(offset);
        log.setHighWatermark(offset);
    }

    boolean advanceLogStart(long offset, String reason) throws IOException {
        if (offset <= log.logStartOffset) {
            return false;
        }
        LOG.debug("{}: log start offset {} because of {}", log.partition, offset, reason);
        log.logStartOffset = offset;
        if (log.highWatermark < offset) {
            log.highWatermark = offset;
        }
        log.epochs.truncateFromStart(offset);
        log.producers.onLogStart(offset);
        return true;
    }

    /** Deletes what retention no longer keeps; returns the number of segments. */
    int deleteOldSegments(LogConfig config, long nowMs, LogWriter writer) throws IOException {
        Segment[] all = log.segments.all();
        long excess = config.retentionBytes() < 0 ? 0 : log.segments.sizeInBytes() - config.retentionBytes();
        int count = 0;
        while (count < all.length && all[count].size() > 0 && isDeletable(all, count, excess, config, nowMs)) {
            excess -= all[count].size();
            count++;
        }
        if (count == 0) {
            return 0;
        }
        if (count == all.length) {
            writer.roll(log.end.offset(), config, nowMs);
        }
        // The log start first: a reader that finds segments gone then finds it moved, too.
        advanceLogStart(log.segments.all()[count].baseOffset(), "retention");
        Segment[] removed = log.segments.removeFirst(count);
        delete(removed, config);
        log.producers.deleteSnapshotsBelow(log.segments.first().baseOffset());
        return count;
    }

    private boolean isDeletable(Segment[] all, int i, long excess, LogConfig config, long nowMs) throws IOException {
        boolean last = i == all.length - 1;
        long upper = last ? log.end.offset() : all[i + 1].baseOffset();
        if (log.highWatermark < upper) {
            return false;
        }
        if (!last && upper <= log.logStartOffset) {
            return true;
        }
        if (!config.delete()) {
            return false;
        }
        if (config.retentionBytes() >= 0 && excess >= all[i].size()) {
            return true;
        }
        return config.retentionMs() >= 0 && nowMs - largestTimestamp(all[i]) > config.retentionMs();
    }

    /** Largest record timestamp; for records without one, when the file was last written. */
    private static long largestTimestamp(Segment segment) throws IOException {
        long max = segment.maxTimestampMs();
        return max >= 0 ? max : Files.getLastModifiedTime(segment.file().path()).toMillis();
    }

    private void delete(Segment[] removed, LogConfig config) throws IOException {
        if (removed.length == 0) {
            return;
        }
        LOG.info(
                "{}: deleting {} segments with base offsets {}",
                log.partition,
                removed.length,
                Arrays.toString(
                        Arrays.stream(removed).mapToLong(Segment::baseOffset).toArray()));
        for (Segment segment : removed) {
            segment.markDeleted();
        }
        log.directoryBehind = true;
        environment.delayedTasks().schedule(() -> LogSegments.deleteFiles(removed), config.fileDeleteDelayMs());
    }
}
