package io.milena.broker.replication;

import io.milena.broker.replication.core.FollowerRules;
import io.milena.broker.replication.core.FollowerStep;
import io.milena.log.PartitionLog;
import io.milena.records.OffsetAndEpoch;
import org.apache.kafka.common.message.FetchResponseData.EpochEndOffset;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The hands of {@link FollowerRules}. Called under the partition's lock, in the leader epoch asked in. */
final class FollowerLog {
    private static final Logger LOG = LoggerFactory.getLogger(FollowerLog.class);

    private FollowerLog() {}

    /**
     * Takes over an answer without an error.
     *
     * @param askedFrom the offset that was asked for; if the log ends elsewhere by now, the answer is stale and ignored
     */
    static void take(PartitionLog log, int leaderEpoch, long askedFrom, PartitionData answer) {
        EpochEndOffset diverging = answer.divergingEpoch();
        View view = new View(log);
        FollowerStep step =
                FollowerRules.upon(view, askedFrom, new OffsetAndEpoch(diverging.endOffset(), diverging.epoch()));
        if (step instanceof FollowerStep.Append) {
            append(log, view, leaderEpoch, answer);
        } else {
            change(log, step);
        }
    }

    private static void append(PartitionLog log, View view, int leaderEpoch, PartitionData answer) {
        if (answer.records() instanceof MemoryRecords records && records.sizeInBytes() > 0) {
            log.appendAsFollower(records, leaderEpoch);
        }
        long highWatermark = FollowerRules.highWatermark(view, answer.highWatermark());
        if (highWatermark >= 0) {
            log.maybeAdvanceHighWatermark(highWatermark);
        }
        long start = FollowerRules.logStartOffset(view, log.logStartOffset(), answer.logStartOffset());
        if (start >= 0) {
            log.advanceLogStartOffset(start, "the leader's log starts there");
        }
    }

    /** The leader has no such offset. */
    static void moveInto(PartitionLog log, long leaderStart, long leaderEnd) {
        change(log, FollowerRules.outside(new View(log), leaderStart, leaderEnd));
    }

    private static void change(PartitionLog log, FollowerStep step) {
        if (step instanceof FollowerStep.Truncate truncate) {
            if (truncate.losesCommitted()) {
                LOG.warn(
                        "{}: truncating from {} to {}, below the high watermark {}",
                        log.partition(),
                        log.logEndOffset(),
                        truncate.toOffset(),
                        log.highWatermark());
            }
            log.truncateTo(truncate.toOffset());
        } else if (step instanceof FollowerStep.StartOver anew) {
            log.truncateFullyAndStartAt(anew.atOffset());
        }
    }

    private record View(PartitionLog log) implements FollowerRules.LogView {
        @Override
        public long logEndOffset() {
            return log.logEndOffset();
        }

        @Override
        public long highWatermark() {
            return log.highWatermark();
        }

        @Override
        public OffsetAndEpoch endOffsetForEpoch(int epoch) {
            return log.endOffsetForEpoch(epoch);
        }
    }
}
