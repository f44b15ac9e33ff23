package io.milena.broker.throttle;

import io.milena.broker.fetch.LeaderThrottle;
import io.milena.broker.partition.Partition;
import io.milena.broker.replication.FollowerThrottle;
import io.milena.broker.replication.core.PartitionRole.Leading;
import java.time.InstantSource;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;

/**
 * What leaders here send to throttled replicas, and what followers here fetch for them, stays under the rates in force (KIP-73).
 * Replicas in sync are never held back: producers wait for them.
 */
public final class ReplicationThrottle implements LeaderThrottle, FollowerThrottle {
    /** No limit. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    private final InstantSource clock;
    private final RateWindow sent;
    private final RateWindow received;
    private volatile long leaderRate = UNLIMITED;
    private volatile long followerRate = UNLIMITED;

    /**
     * @param samples replication.quota.window.num
     * @param sampleSeconds replication.quota.window.size.seconds
     */
    public ReplicationThrottle(int samples, int sampleSeconds, InstantSource clock) {
        this.clock = clock;
        this.sent = new RateWindow(samples, sampleSeconds * 1000L);
        this.received = new RateWindow(samples, sampleSeconds * 1000L);
    }

    /**
     * Changes the rates.
     *
     * @param leader leader.replication.throttled.rate, bytes per second
     * @param follower follower.replication.throttled.rate, bytes per second
     */
    public void limit(long leader, long follower) {
        leaderRate = leader;
        followerRate = follower;
    }

    @Override
    public boolean holdsBack(Partition partition, int replicaId) {
        return leaderRate != UNLIMITED
                && partition.isThrottledAsLeader()
                && !isInSync(partition, replicaId)
                && sent.rate(clock.millis()) > leaderRate;
    }

    private static boolean isInSync(Partition partition, int replicaId) {
        return partition.role() instanceof Leading leading && leading.isr().contains(replicaId);
    }

    @Override
    public void sent(Partition partition, int replicaId, int bytes) {
        if (leaderRate != UNLIMITED && partition.isThrottledAsLeader()) {
            sent.record(bytes, clock.millis());
        }
    }

    @Override
    public boolean holdsBack(Partition partition, boolean inSync) {
        return followerRate != UNLIMITED
                && !inSync
                && partition.isThrottledAsFollower()
                && received.rate(clock.millis()) > followerRate;
    }

    @Override
    public void fetched(Partition partition, PartitionData answer) {
        if (followerRate != UNLIMITED && partition.isThrottledAsFollower() && answer.records() != null) {
            received.record(answer.records().sizeInBytes(), clock.millis());
        }
    }
}
