package io.milena.broker.replication;

import io.milena.broker.partition.Partition;
import io.milena.log.PartitionLog;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;

/** A partition that is fetched from its leader. Belongs to one {@link SourceFetcher}, guarded by it. */
final class FollowedPartition {
    private static final long FIRST_PAUSE_MS = 20;

    final Partition partition;
    final int leaderEpoch;
    final LeaderSession.Key key;
    private long pauseMs = FIRST_PAUSE_MS;
    private long notBeforeMs;
    private boolean inSync;

    FollowedPartition(Partition partition, int leaderEpoch) {
        this.partition = partition;
        this.leaderEpoch = leaderEpoch;
        this.key = new LeaderSession.Key(partition.topicId(), partition.index());
    }

    boolean isDue(long nowMs) {
        return nowMs >= notBeforeMs;
    }

    long notBeforeMs() {
        return notBeforeMs;
    }

    /** Pauses twice as long as the last time, at most {@code longestMs}. */
    void pause(long nowMs, long longestMs) {
        notBeforeMs = nowMs + Math.min(pauseMs, longestMs);
        pauseMs = Math.min(pauseMs * 2, longestMs);
    }

    /** Pauses without an error having happened. */
    void pauseFor(long nowMs, long ms) {
        notBeforeMs = nowMs + ms;
    }

    void wentWell(PartitionData answer) {
        pauseMs = FIRST_PAUSE_MS;
        PartitionLog log = partition.log();
        inSync = log.logEndOffset() >= answer.highWatermark();
    }

    /** Whether it had all that was committed when its leader answered last. */
    boolean isInSync() {
        return inSync;
    }
}
