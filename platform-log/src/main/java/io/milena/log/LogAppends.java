package io.milena.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.MemoryRecords;

/**
 * Appends to one log, on the caller's thread: the batches are checked before the log's lock is taken, written under it, and
 * flushed, if that is due, after it.
 */
final class LogAppends {
    private final LogHome home;
    private final FlushPolicy flushes;

    LogAppends(LogHome home, FlushPolicy flushes) {
        this.home = home;
        this.flushes = flushes;
    }

    /** As {@link PartitionLog#appendAsLeader}. */
    AppendInfo asLeader(MemoryRecords records, int leaderEpoch, AppendOrigin origin) {
        LogConfig settings = home.config();
        long now = home.nowMs();
        ByteBuffer batches = LeaderBatches.prepare(records.buffer(), settings, origin, now, home.partition());
        LogState log = home.state();
        if (!batches.hasRemaining()) {
            return AppendInfo.nothing(log.logStartOffset);
        }
        long appendTime = settings.timestampType() == TimestampType.LOG_APPEND_TIME ? now : -1;
        AppendInfo done;
        synchronized (home.lock()) {
            LogWriter out = home.writer();
            try {
                done = out.appendAsLeader(batches, leaderEpoch, origin, settings, now, appendTime);
            } catch (IOException e) {
                throw failed(log, e);
            }
        }
        flushes.appended(log, settings);
        return done;
    }

    /** As {@link PartitionLog#appendAsFollower}. */
    AppendInfo asFollower(MemoryRecords records, int leaderEpoch) {
        LogConfig settings = home.config();
        ByteBuffer batches = FollowerBatches.check(records.buffer(), leaderEpoch, home.partition());
        LogState log = home.state();
        if (!batches.hasRemaining()) {
            return AppendInfo.nothing(log.logStartOffset);
        }
        AppendInfo done;
        synchronized (home.lock()) {
            LogWriter out = home.writer();
            try {
                done = continuesInside(log, batches)
                        ? appendAround(log, batches, settings)
                        : out.appendAsFollower(batches, settings, home.nowMs());
            } catch (IOException e) {
                throw failed(log, e);
            }
        }
        flushes.appended(log, settings);
        return done;
    }

    private static boolean continuesInside(LogState log, ByteBuffer batches) {
        long end = log.end.offset();
        int at = batches.position();
        return BatchHeader.baseOffset(batches, at) < end
                && end == log.logStartOffset
                && BatchHeader.lastOffset(batches, at) >= end;
    }

    private AppendInfo appendAround(LogState log, ByteBuffer batches, LogConfig settings) throws IOException {
        long start = log.logStartOffset;
        long base = BatchHeader.baseOffset(batches, batches.position());
        home.cutter().truncateFullyAndStartAt(base, settings, home.nowMs());
        AppendInfo done = home.writer().appendAsFollower(batches, settings, home.nowMs());
        home.cutter().advanceLogStart(start, "the first batch begins before it");
        return done;
    }

    private RuntimeException failed(LogState log, IOException e) {
        return home.failed(
                "append to " + home.partition() + " at offset " + log.end.offset() + " in " + home.directory(), e);
    }
}
