package io.milena.broker.partition;

import io.milena.log.LogUpkeep;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is done to logs from time to time, on the scheduler's thread: retention and producer expiry, flushing, and writing the
 * checkpoint files. One that fails is logged and tried again when its time comes.
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

    private final LogUpkeep upkeep;
    private final InstantSource clock;
    private final List<Future<?>> scheduled = new ArrayList<>();

    public PartitionTasks(LogUpkeep upkeep, InstantSource clock) {
        this.upkeep = upkeep;
        this.clock = clock;
    }

    /** Begins; {@link #close()} ends it. */
    public void start(ScheduledExecutorService scheduler, Intervals every) {
        long retention = every.retentionCheckMs();
        repeat(scheduler, "log retention", Math.min(retention, FIRST_RETENTION_MS), retention, this::applyRetention);
        long flush = every.flushCheckMs() == Long.MAX_VALUE ? FLUSH_CHECK_MS : every.flushCheckMs();
        repeat(scheduler, "log flush", flush, flush, this::flushDue);
        repeat(
                scheduler,
                "directories of new logs",
                DIRECTORIES_MS,
                DIRECTORIES_MS,
                () -> upkeep.createMissingDirectories(DIRECTORIES_AT_ONCE));
        long offsets = every.logOffsetsCheckpointMs();
        repeat(scheduler, "checkpoint of log offsets", offsets, offsets, upkeep::checkpointLogOffsets);
        long watermarks = every.highWatermarkCheckpointMs();
        repeat(scheduler, "checkpoint of high watermarks", watermarks, watermarks, upkeep::checkpointHighWatermarks);
    }

    /** Also runs another task from time to time. */
    public void repeat(ScheduledExecutorService scheduler, String what, long firstMs, long everyMs, Runnable task) {
        Runnable guarded = () -> {
            try {
                task.run();
            } catch (RuntimeException e) {
                LOG.error("Periodic task failed, trying again in {} ms: {}", everyMs, what, e);
            }
        };
        scheduled.add(scheduler.scheduleWithFixedDelay(guarded, firstMs, everyMs, TimeUnit.MILLISECONDS));
    }

    private void applyRetention() {
        upkeep.applyRetention(clock.millis());
    }

    private void flushDue() {
        upkeep.flushDue(clock.millis());
    }

    @Override
    public void close() {
        scheduled.forEach(task -> task.cancel(false));
        scheduled.clear();
    }
}
