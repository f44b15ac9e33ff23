package io.milena.broker.replication;

import io.milena.broker.partition.Partition;
import io.milena.broker.partition.RoleListener;
import io.milena.broker.replication.core.PartitionRole;
import io.milena.broker.replication.core.PartitionRole.Following;
import java.util.HashMap;
import java.util.Map;
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
    private final ScheduledThreadPoolExecutor threads;
    private final Map<Integer, SourceFetcher> byLeader = new HashMap<>();
    private final Map<Partition, SourceFetcher> byPartition = new HashMap<>();
    private boolean closed;

    /**
     * @param dialer opens connections to other brokers
     * @param brokerEpoch of this broker's registration
     */
    public ReplicaFetchers(ReplicationConfig config, PeerLink.Dialer dialer, LongSupplier brokerEpoch) {
        this.config = config;
        this.dialer = dialer;
        this.brokerEpoch = brokerEpoch;
        AtomicInteger number = new AtomicInteger();
        this.threads = new ScheduledThreadPoolExecutor(config.fetchers(), task -> {
            Thread thread = new Thread(task, "replica-fetcher-" + number.getAndIncrement());
            thread.setDaemon(true);
            return thread;
        });
        threads.setRemoveOnCancelPolicy(true);
        threads.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    @Override
    public synchronized void onRole(Partition partition) {
        SourceFetcher before = byPartition.remove(partition);
        if (before != null) {
            before.leave(partition);
        }
        PartitionRole role = partition.role();
        if (!closed && role instanceof Following following && following.leaderId() >= 0) {
            SourceFetcher source = byLeader.computeIfAbsent(following.leaderId(), this::source);
            byPartition.put(partition, source);
            source.follow(partition, following.leaderEpoch());
        }
    }

    private SourceFetcher source(int leaderId) {
        return new SourceFetcher(leaderId, config, dialer.dial(leaderId), threads, brokerEpoch);
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
            byLeader.values().forEach(SourceFetcher::close);
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
