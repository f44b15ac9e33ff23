package io.milena.broker.partition;

import io.milena.log.LogUpkeep;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The regular work of a data plane, on two kinds of threads. Timers do what is short and urgent: followers that lag leave the
 * in-sync replicas in time, however slow the disks are. Everything that touches a disk is done elsewhere. One task that fails is
 * logged and tried again when its time comes.
 */
public final class PartitionTasks implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionTasks.class);

    /**
     * How often, ms.
     *
     * @param retentionCheckMs log.retention.check.interval.ms
     * @param flushCheckMs log.flush.scheduler.interval.ms; the default, Long.MAX_VALUE, means every second, for flush.ms of topics
     * @param logOffsetsCheckpointMs log.flush.offset.checkpoint.interval.ms
     * @param highWatermarkCheckpointMs replica.high.watermark.checkpoint.interval.ms
     */
    public record Intervals(
            long retentionCheckMs, long flushCheckMs, long logOffsetsCheckpointMs, long highWatermarkCheckpointMs) {
        /** Kafka's defaults. */
        public static final Intervals DEFAULTS = new Intervals(300_000, Long.MAX_VALUE, 60_000, 5_000);
    }

    private static final long FIRST_RETENTION_MS = 30_000;
    private static final long FLUSH_CHECK_MS = 1_000;
    private static final long DIRECTORIES_MS = 1_000;
    private static final int DIRECTORIES_AT_ONCE = 50;

    /** A checkpoint that took long is written less often: at most this part of the time goes into writing it. */
    private static final int CHECKPOINT_SHARE = 20;

    private static final long LONGEST_CHECKPOINT_PAUSE_MS = 300_000;

    private final LogUpkeep upkeep;
    private final PartitionRegistry registry;
    private final InstantSource clock;
    private final DataPlaneThreads threads;
    private final List<Future<?>> scheduled = new ArrayList<>();
    private volatile boolean closed;

    public PartitionTasks(LogUpkeep upkeep, PartitionRegistry registry, InstantSource clock, DataPlaneThreads threads) {
        this.upkeep = upkeep;
        this.registry = registry;
        this.clock = clock;
        this.threads = threads;
    }

    /** Begins; {@link #close()} ends it. */
    public void start(Intervals every) {
        long lag = Math.max(1, registry.lagTimeMaxMs() / 2);
        repeat(threads.timers(), "in-sync replicas", lag, lag, registry::reconsiderUnsettled);
        long retention = every.retentionCheckMs();
        onDisk("log retention", Math.min(retention, FIRST_RETENTION_MS), retention, this::applyRetention);
        long flush = every.flushCheckMs() == Long.MAX_VALUE ? FLUSH_CHECK_MS : every.flushCheckMs();
        onDisk("log flush", flush, flush, this::flushDue);
        onDisk(
                "directories of new logs",
                DIRECTORIES_MS,
                DIRECTORIES_MS,
                () -> upkeep.createMissingDirectories(DIRECTORIES_AT_ONCE));
        checkpoint("log offsets", every.logOffsetsCheckpointMs(), upkeep::checkpointLogOffsets);
        checkpoint("high watermarks", every.highWatermarkCheckpointMs(), this::checkpointHighWatermarks);
    }

    /** Also runs another task from time to time, on a thread for the disk. */
    public void onDisk(String what, long firstMs, long everyMs, Runnable task) {
        repeat(threads.disk(), what, firstMs, everyMs, task);
    }

    private void repeat(ScheduledExecutorService on, String what, long firstMs, long everyMs, Runnable task) {
        Runnable guarded = () -> guarded(what, task);
        scheduled.add(on.scheduleWithFixedDelay(guarded, firstMs, everyMs, TimeUnit.MILLISECONDS));
    }

    private static void guarded(String what, Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.error("A periodic task failed and is tried again when its time comes: {}", what, e);
        }
    }

    /** Writes a file of offsets of all logs, after {@code everyMs}, or later if writing it takes long. */
    private void checkpoint(String what, long everyMs, Runnable write) {
        checkpointAfter(everyMs, what, everyMs, write);
    }

    private void checkpointAfter(long delayMs, String what, long everyMs, Runnable write) {
        Runnable task = () -> {
            if (closed) {
                return;
            }
            long startMs = clock.millis();
            guarded("checkpoint of " + what, write);
            long tookMs = Math.max(0, clock.millis() - startMs);
            long pauseMs = Math.min(LONGEST_CHECKPOINT_PAUSE_MS, tookMs * CHECKPOINT_SHARE);
            checkpointAfter(Math.max(everyMs, pauseMs), what, everyMs, write);
        };
        try {
            threads.disk().schedule(task, delayMs, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException ending) {
            LOG.debug("No further checkpoint of {}: the threads end", what);
        }
    }

    private void checkpointHighWatermarks() {
        if (registry.changes().takeHighWatermarksMoved()) {
            upkeep.checkpointHighWatermarks();
        }
    }

    private void applyRetention() {
        upkeep.applyRetention(clock.millis());
    }

    private void flushDue() {
        if (registry.isFlushedByTime()) {
            upkeep.flushDue(clock.millis());
        }
    }

    @Override
    public void close() {
        closed = true;
        scheduled.forEach(task -> task.cancel(false));
        scheduled.clear();
    }
}
