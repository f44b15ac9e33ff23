package io.milena.broker.replication;

import io.milena.log.PartitionLog;
import io.milena.records.OffsetAndEpoch;
import org.apache.kafka.common.message.FetchResponseData.EpochEndOffset;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a follower does to its log upon its leader's answers. Called under the partition's lock, in the leader epoch asked in. */
final class FollowerLog {
    private static final Logger LOG = LoggerFactory.getLogger(FollowerLog.class);

    private FollowerLog() {}

    /**
     * Takes over an answer without an error.
     *
     * @param askedFrom the offset that was asked for; if the log ends elsewhere by now, the answer is stale and ignored
     */
    static void take(PartitionLog log, int leaderEpoch, long askedFrom, PartitionData answer) {
        if (log.logEndOffset() != askedFrom) {
            return;
        }
        EpochEndOffset diverging = answer.divergingEpoch();
        if (diverging.endOffset() >= 0) {
            truncate(log, diverging);
            return;
        }
        if (answer.records() instanceof MemoryRecords records && records.sizeInBytes() > 0) {
            log.appendAsFollower(records, leaderEpoch);
        }
        // Never lowered: what was committed stays so, and a new leader may be a fetch behind in knowing it.
        log.maybeAdvanceHighWatermark(answer.highWatermark());
        long start = answer.logStartOffset();
        if (start > log.logStartOffset() && start <= log.highWatermark()) {
            log.advanceLogStartOffset(start, "the leader's log starts there");
        }
    }

    /**
     * Cuts back to where this log and the leader's may agree: the smaller end of the largest epoch not above the one the
     * leader names. The next fetch names the epoch before and shows whether they do (KIP-595's way in Fetch).
     */
    private static void truncate(PartitionLog log, EpochEndOffset leaders) {
        OffsetAndEpoch own = log.endOffsetForEpoch(leaders.epoch());
        long to = Math.min(leaders.endOffset(), log.logEndOffset());
        if (own.offset() >= 0) {
            to = Math.min(to, own.offset());
        }
        if (to < log.highWatermark()) {
            LOG.warn(
                    "{}: truncating to {}, below the high watermark {}: the leader's epoch {} ends at {}",
                    log.partition(),
                    to,
                    log.highWatermark(),
                    leaders.epoch(),
                    leaders.endOffset());
        }
        log.truncateTo(to);
    }

    /** The leader has no such offset: its log begins after ours ends, or ends before (after an unclean election). */
    static void moveInto(PartitionLog log, long leaderStart, long leaderEnd) {
        long end = log.logEndOffset();
        if (leaderEnd < end) {
            LOG.warn("{}: truncating from {} to {}, where the leader's log ends", log.partition(), end, leaderEnd);
            log.truncateTo(leaderEnd);
        } else if (end <= leaderStart) {
            log.truncateFullyAndStartAt(leaderStart);
        }
    }
}
