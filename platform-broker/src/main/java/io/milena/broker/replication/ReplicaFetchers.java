package io.milena.broker.replication;

import io.milena.broker.partition.Partition;
import io.milena.broker.partition.RoleListener;
import io.milena.broker.replication.core.PartitionRole;
import io.milena.broker.replication.core.PartitionRole.Following;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * Has every partition that this broker follows fetched from its leader, whoever that is at the moment. Makes no thread before
 * the first partition is followed.
 */
public final class ReplicaFetchers implements RoleListener, AutoCloseable {
    private static final long CLOSE_MS = 2_000;

    private final ReplicationConfig config;
    private final PeerLink.Dialer dialer;
    private final LongSupplier brokerEpoch;
    private final ScheduledExecutorService threads;
    private final LongSupplier nowMs;
    private final FollowerThrottle throttle;
    private final Map<Source, SourceFetcher> sources = new HashMap<>();
    private final Map<Partition, SourceFetcher> byPartition = new HashMap<>();
    private boolean closed;

    /** One of num.replica.fetchers connections to a leader. */
    private record Source(int leaderId, int number) {}

    /**
     * @param dialer opens connections to other brokers
     * @param brokerEpoch of this broker's registration
     */
    public ReplicaFetchers(
            ReplicationConfig config, PeerLink.Dialer dialer, LongSupplier brokerEpoch, FollowerThrottle throttle) {
        this(
                config,
                dialer,
                brokerEpoch,
                throttle,
                threads(config),
                () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
    }

    /**
     * On another executor than threads of its own, and by another clock: the simulator's.
     *
     * @param threads ended with this
     * @param nowMs milliseconds that never jump
     */
    public ReplicaFetchers(
            ReplicationConfig config,
            PeerLink.Dialer dialer,
            LongSupplier brokerEpoch,
            FollowerThrottle throttle,
            ScheduledExecutorService threads,
            LongSupplier nowMs) {
        this.config = config;
        this.dialer = dialer;
        this.brokerEpoch = brokerEpoch;
        this.throttle = throttle;
        this.threads = threads;
        this.nowMs = nowMs;
    }

    private static ScheduledExecutorService threads(ReplicationConfig config) {
        AtomicInteger number = new AtomicInteger();
        ScheduledThreadPoolExecutor threads = new ScheduledThreadPoolExecutor(config.fetchers(), task -> {
            Thread thread = new Thread(task, "replica-fetcher-" + number.getAndIncrement());
            thread.setDaemon(true);
            return thread;
        });
        threads.setRemoveOnCancelPolicy(true);
        threads.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        return threads;
    }

    @Override
    public synchronized void onRole(Partition partition) {
        SourceFetcher before = byPartition.remove(partition);
        if (before != null) {
            before.leave(partition);
        }
        PartitionRole role = partition.role();
        if (!closed && !partition.isOffline() && role instanceof Following following && following.leaderId() >= 0) {
            SourceFetcher source =
                    sources.computeIfAbsent(new Source(following.leaderId(), number(partition)), this::source);
            byPartition.put(partition, source);
            source.follow(partition, following.leaderEpoch());
        }
    }

    private int number(Partition partition) {
        return Math.floorMod(31 * partition.topic().hashCode() + partition.index(), config.fetchers());
    }

    private SourceFetcher source(Source source) {
        int leaderId = source.leaderId();
        return new SourceFetcher(leaderId, config, dialer.dial(leaderId), threads, brokerEpoch, throttle, nowMs);
    }

    /** Number of partitions that are fetched from other brokers. */
    public synchronized int followedPartitions() {
        return byPartition.size();
    }

    /** Ends fetching; appends under way are finished. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            sources.values().forEach(SourceFetcher::close);
        }
        threads.shutdown();
        try {
            if (!threads.awaitTermination(CLOSE_MS, TimeUnit.MILLISECONDS)) {
                threads.shutdownNow();
            }
        } catch (InterruptedException interrupted) {
            threads.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
