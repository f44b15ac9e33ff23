package io.milena.broker.logdirs;

import io.milena.broker.partition.DirectoryAssignments;
import io.milena.broker.partition.Partition;
import io.milena.broker.partition.PartitionRegistry;
import io.milena.log.FutureLogs;
import io.milena.log.LogDirectories;
import io.milena.log.LogDirectory;
import io.milena.log.PartitionLog;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves replicas between the log directories of this broker, on threads of its own, which it makes when the first one is
 * moved. A move is known by its future log on disk, so that it survives restarts; {@link #resume} takes up those that
 * nobody works on. Any thread.
 */
public final class ReplicaMoves implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaMoves.class);
    private static final long CLOSE_MS = 2_000;

    private final PartitionRegistry registry;
    private final LogDirectories directories;
    private final FutureLogs futures;
    private final DirectoryAssignments assignments;
    private final MoveThrottle throttle = new MoveThrottle();
    private final Set<TopicPartition> running = ConcurrentHashMap.newKeySet();
    private final ScheduledThreadPoolExecutor threads;

    /**
     * @param assignments told of the directory a replica has come to
     * @param threads how many replicas move at once; 0 for as many as there are directories
     */
    public ReplicaMoves(PartitionRegistry registry, DirectoryAssignments assignments, int threads) {
        this.registry = registry;
        this.directories = registry.directories();
        this.futures = directories.futures();
        this.assignments = assignments;
        AtomicInteger number = new AtomicInteger();
        int size = threads > 0 ? threads : directories.all().size();
        this.threads = new ScheduledThreadPoolExecutor(size, task -> {
            Thread thread = new Thread(task, "replica-mover-" + number.getAndIncrement());
            thread.setDaemon(true);
            return thread;
        });
        this.threads.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /** At most so many replicas move at once. */
    int threads() {
        return threads.getCorePoolSize();
    }

    /** @param bytesPerSecond replica.alter.log.dirs.io.max.bytes.per.second, asked again and again */
    public void limitBy(LongSupplier bytesPerSecond) {
        throttle.limitBy(bytesPerSecond);
    }

    /** Begins to move a replica to {@code target}; where it lies there already, a move to elsewhere is given up. */
    Errors move(Partition partition, LogDirectory target) {
        TopicPartition id = partition.topicPartition();
        if (partition.isOffline()) {
            return Errors.KAFKA_STORAGE_ERROR;
        }
        try {
            Optional<LogDirectory> present = directories.directoryOf(id);
            if (present.isPresent() && present.get().equals(target)) {
                futures.drop(id);
                return Errors.NONE;
            }
            futures.create(id, target);
        } catch (KafkaStorageException e) {
            LOG.warn("{} cannot be moved to {}: {}", id, target.path(), e.getMessage());
            return Errors.KAFKA_STORAGE_ERROR;
        } catch (InvalidTopicException e) {
            LOG.warn("{}", e.getMessage());
            return Errors.INVALID_TOPIC_EXCEPTION;
        }
        LOG.info("Moving {} to {}", id, target.path());
        work(partition);
        return Errors.NONE;
    }

    /** Takes up moves that nobody works on: found at the start, or after a directory came back. */
    public void resume() {
        for (TopicPartition id : futures.partitions()) {
            if (!running.contains(id)) {
                registry.partition(id).ifPresent(this::work);
            }
        }
    }

    private void work(Partition partition) {
        if (running.add(partition.topicPartition())) {
            next(new ReplicaMove(partition, futures), partition, 0);
        }
    }

    private void next(ReplicaMove move, Partition partition, long delayMs) {
        try {
            threads.schedule(() -> step(move, partition), delayMs, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException stopping) {
            LOG.debug("The move of {} goes on after the restart", partition, stopping);
        }
    }

    private void step(ReplicaMove move, Partition partition) {
        TopicPartition id = partition.topicPartition();
        PartitionLog future = futures.find(id).orElse(null);
        boolean gone = registry.find(partition.topicId(), partition.index()) != partition;
        if (future == null || future.isOffline() || partition.isOffline() || gone) {
            // Given up, or to be resumed when its directory is back.
            running.remove(id);
            return;
        }
        try {
            Uuid topicId = future.topicId();
            if (topicId != null && !topicId.equals(partition.topicId())) {
                LOG.warn("The future log of {} is of an older topic and goes", id);
                futures.drop(id);
            }
            long copied = move.copy(future, throttle.portionBytes());
            if (copied > 0 || !move.exchange(future)) {
                next(move, partition, throttle.copied(copied, System.nanoTime()));
                return;
            }
            LOG.info("Moved {}", id);
            directories
                    .directoryOf(id)
                    .ifPresent(now -> assignments.assigned(new TopicIdPartition(partition.topicId(), id), now.id()));
            running.remove(id);
            if (futures.find(id).isPresent()) {
                // Asked to move on while this was being finished.
                work(partition);
            }
            return;
        } catch (RuntimeException e) {
            LOG.warn("The move of {} is interrupted: {}", id, e.toString());
        }
        running.remove(id);
    }

    @Override
    public void close() {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(CLOSE_MS, TimeUnit.MILLISECONDS)) {
                LOG.warn("A replica is still being copied; its move goes on after the restart");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
