package io.milena.broker.replication.core;

import io.milena.records.OffsetAndEpoch;

/**
 * How a follower's log becomes its leader's: what is done upon an answer to a fetch. Divergence is found by the leader, from
 * the epoch the follower names with its offset (KIP-595's way in Fetch, instead of KIP-101's question beforehand). Pure.
 */
public final class FollowerRules {
    private static final long UNCHANGED = -1;

    /** The log of a follower, as far as these rules care. */
    public interface LogView {
        long logEndOffset();

        long highWatermark();

        /** End offset of the largest epoch not above {@code epoch} (KIP-101, KIP-279); (-1, -1) if unknown. */
        OffsetAndEpoch endOffsetForEpoch(int epoch);
    }

    private FollowerRules() {}

    /**
     * Upon an answer without an error.
     *
     * @param askedFrom the offset that was asked for; if the log ends elsewhere by now, the answer is stale
     * @param diverging an epoch of the leader and where it ends, if the leader found that the logs differ; offset -1 if not
     */
    public static FollowerStep upon(LogView log, long askedFrom, OffsetAndEpoch diverging) {
        if (log.logEndOffset() != askedFrom) {
            return FollowerStep.Ignore.INSTANCE;
        }
        return diverging.offset() >= 0 ? truncate(log, diverging) : FollowerStep.Append.INSTANCE;
    }

    /**
     * Cuts back to where this log and the leader's may agree: the smaller end of the largest epoch not above the one the
     * leader names. The next fetch names the epoch before and shows whether they do.
     */
    private static FollowerStep truncate(LogView log, OffsetAndEpoch leaders) {
        OffsetAndEpoch own = log.endOffsetForEpoch(leaders.epoch());
        long to = Math.min(leaders.offset(), log.logEndOffset());
        if (own.offset() >= 0) {
            to = Math.min(to, own.offset());
        }
        return new FollowerStep.Truncate(to, to < log.highWatermark());
    }

    /** The leader has no such offset: its log begins after this one ends, or ends before it (after an unclean election). */
    public static FollowerStep outside(LogView log, long leaderStart, long leaderEnd) {
        long end = log.logEndOffset();
        if (leaderEnd < end) {
            return new FollowerStep.Truncate(leaderEnd, leaderEnd < log.highWatermark());
        }
        return end <= leaderStart ? new FollowerStep.StartOver(leaderStart) : FollowerStep.Ignore.INSTANCE;
    }

    /**
     * After the append: the leader's high watermark as far as this log has the records. Never lowered: what was committed
     * stays so, and a new leader may be a fetch behind in knowing it.
     *
     * @return the new high watermark, -1 to leave it
     */
    public static long highWatermark(LogView log, long leaders) {
        long reached = Math.min(leaders, log.logEndOffset());
        return reached > log.highWatermark() ? reached : UNCHANGED;
    }

    /**
     * After the high watermark was moved.
     *
     * @return the new log start offset, -1 to leave it
     */
    public static long logStartOffset(LogView log, long own, long leaders) {
        return leaders > own && leaders <= log.highWatermark() ? leaders : UNCHANGED;
    }
}
