package io.milena.coordinator.group;

import io.milena.coordinator.group.ShardWrites.Pending;
import io.milena.coordinator.group.core.GroupConfig;
import io.milena.coordinator.group.core.GroupRecord;
import io.milena.coordinator.group.core.GroupShard;
import io.milena.coordinator.group.core.Turn;
import io.milena.coordinator.runtime.CoordinatorLog;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.utils.BufferSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one shard in turns and takes its records to the log.
 *
 * <pre>
 * Loading ── log read to its end ──▶ Active ── resignation ──▶ Closed
 *    ▲ ╰────────────────── resignation ─────────────────────────▲
 *    ╰─── append whose outcome is unknown ───╯
 * </pre>
 *
 * A turn runs on the thread that brings it; if another thread is in a turn, that one takes it over ({@link Mailbox}). What turns
 * want written goes to the log in batches, one after the other ({@link ShardWrites}). A write that is overdue is answered as
 * failed; if it is committed later all the same, its records count.
 */
final class ShardRuntime {

    private static final Logger LOG = LoggerFactory.getLogger(ShardRuntime.class);
    private static final long RELOAD_DELAY_MS = 500;

    private enum Phase {
        LOADING,
        ACTIVE,
        CLOSED
    }

    private final TopicPartition partition;
    private final CoordinatorLog log;
    private final LongSupplier clockMs;
    private final ScheduledExecutorService background;
    private final Supplier<GroupShard> newShard;

    private final Mailbox<ShardOperation> mailbox;

    // Owned by whoever is in a turn.
    private Phase phase = Phase.LOADING;
    private GroupShard shard;
    private final ShardWrites writes;
    private @Nullable ScheduledFuture<?> alarm;
    private long alarmMs = Long.MAX_VALUE;
    private int loads;

    ShardRuntime(
            TopicPartition partition,
            GroupConfig config,
            CoordinatorLog log,
            LongSupplier clockMs,
            ScheduledExecutorService background,
            Supplier<GroupShard> newShard) {
        this.partition = partition;
        this.log = log;
        this.clockMs = clockMs;
        this.background = background;
        this.newShard = newShard;
        this.shard = newShard.get();
        this.writes = new ShardWrites(config);
        this.mailbox = new Mailbox<>(this::run, this::mailboxEmptied);
    }

    // ---- turns

    /** Runs the operation now if nobody is in a turn, else leaves it to whoever is. */
    void execute(ShardOperation operation) {
        mailbox.put(operation);
    }

    private void mailboxEmptied() {
        flush();
        setAlarm();
    }

    private void run(ShardOperation operation) {
        if (operation instanceof Internal internal) {
            try {
                internal.run();
            } catch (RuntimeException e) {
                LOG.error("The coordinator of {} failed and reads it again", partition, e);
                reload();
            }
        } else if (phase == Phase.ACTIVE) {
            Turn turn = new Turn(clockMs.getAsLong());
            try {
                operation.run(shard, turn);
            } catch (RuntimeException e) {
                LOG.error("An operation on {} failed", partition, e);
                refuse(operation, Errors.UNKNOWN_SERVER_ERROR);
            }
            accept(turn);
        } else {
            refuse(operation, phase == Phase.LOADING ? Errors.COORDINATOR_LOAD_IN_PROGRESS : Errors.NOT_COORDINATOR);
        }
    }

    private static void refuse(ShardOperation operation, Errors error) {
        try {
            operation.refused(error);
        } catch (RuntimeException e) {
            LOG.error("An operation could not be refused with {}", error, e);
        }
    }

    /** The runtime's own business, done in every phase. */
    private abstract static class Internal implements ShardOperation {
        abstract void run();

        @Override
        public final void run(GroupShard shard, Turn turn) {
            throw new IllegalStateException("runs without a shard");
        }

        @Override
        public final void refused(Errors error) {}
    }

    private void internally(Runnable action) {
        execute(new Internal() {
            @Override
            void run() {
                action.run();
            }
        });
    }

    private void accept(Turn turn) {
        for (Turn.Write write : turn.writes()) {
            shard.departed(write.records());
            writes.add(write, turn.nowMs());
        }
    }

    // ---- the log

    private void flush() {
        while (phase == Phase.ACTIVE && writes.isReady()) {
            List<Pending> batch = writes.depart();
            CompletableFuture<Long> appended = append(batch);
            if (appended.isDone()) {
                appended.whenComplete((lastOffset, error) -> decided(batch, lastOffset, error));
            } else {
                appended.whenComplete((lastOffset, error) -> internally(() -> decided(batch, lastOffset, error)));
            }
        }
    }

    private CompletableFuture<Long> append(List<Pending> batch) {
        try {
            return log.append(partition, writes.records(batch, clockMs.getAsLong()));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void decided(List<Pending> batch, @Nullable Long lastOffset, @Nullable Throwable failure) {
        if (!writes.landed(batch)) {
            return; // the shard was closed or loaded anew meanwhile
        }
        if (failure != null || lastOffset == null) {
            failed(batch, failure);
            return;
        }
        int count = 0;
        for (Pending pending : batch) {
            count += pending.write.records().size();
        }
        long offset = lastOffset - count + 1;
        for (Pending pending : batch) {
            for (GroupRecord record : pending.write.records()) {
                shard.replay(record, offset++, pending.write.producerId());
            }
            settle(pending, Errors.NONE);
        }
    }

    private void failed(List<Pending> batch, @Nullable Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        Errors error = cause == null ? Errors.UNKNOWN_SERVER_ERROR : Errors.forException(cause);
        LOG.warn("{} records could not be written to {}: {}", batch.size(), partition, String.valueOf(cause));
        boolean ahead = false;
        for (Pending pending : batch) {
            ahead |= shard.refused(pending.write.records());
            settle(pending, error);
        }
        if (ahead) {
            LOG.info("What was decided for {} was not written: reading it again", partition);
            reload();
        } else if (!nothingWritten(error)) {
            LOG.warn("What became of the records in {} is not known: reading it again", partition);
            reload();
        }
    }

    private static boolean nothingWritten(Errors error) {
        switch (error) {
            case NOT_ENOUGH_REPLICAS:
            case MESSAGE_TOO_LARGE:
            case RECORD_LIST_TOO_LARGE:
            case UNKNOWN_TOPIC_OR_PARTITION:
                return true;
            default:
                return false;
        }
    }

    private void settle(Pending pending, Errors error) {
        if (!pending.settle()) {
            return;
        }
        Turn turn = new Turn(clockMs.getAsLong());
        try {
            pending.write.settlement().settled(turn, error);
        } catch (RuntimeException e) {
            LOG.error("Settling a write to {} failed", partition, e);
        }
        accept(turn);
    }

    // ---- time

    private void setAlarm() {
        long next = phase == Phase.ACTIVE ? Math.min(shard.nextDeadlineMs(), writes.nextDeadlineMs()) : Long.MAX_VALUE;
        if (next >= alarmMs) {
            return; // it rings early enough; if too early, it is set again
        }
        if (alarm != null) {
            alarm.cancel(false);
        }
        alarmMs = next;
        long delayMs = Math.max(0, next - clockMs.getAsLong());
        alarm = later(this::alarmRang, delayMs);
    }

    /** In a turn, after a while; null when the node is closing. */
    private @Nullable ScheduledFuture<?> later(Runnable action, long delayMs) {
        try {
            return background.schedule(() -> internally(action), delayMs, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            return null;
        }
    }

    private void alarmRang() {
        alarmMs = Long.MAX_VALUE;
        if (phase != Phase.ACTIVE) {
            return;
        }
        Turn turn = new Turn(clockMs.getAsLong());
        shard.tick(turn);
        accept(turn);
        timeOutWrites(turn.nowMs());
    }

    private void timeOutWrites(long nowMs) {
        writes.overdueUnderWay(nowMs).forEach(pending -> settle(pending, Errors.REQUEST_TIMED_OUT));
        boolean ahead = false;
        for (Pending next = writes.removeOverdue(nowMs); next != null; next = writes.removeOverdue(nowMs)) {
            ahead |= shard.refused(next.write.records());
            settle(next, Errors.REQUEST_TIMED_OUT);
        }
        if (ahead) {
            reload();
        }
    }

    // ---- life

    /** Reads the partition on the background thread, then becomes active. */
    void load() {
        int attempt = ++loads;
        try {
            background.execute(() -> read(attempt));
        } catch (RejectedExecutionException e) {
            LOG.debug("{} is not loaded: the node is closing", partition);
        }
    }

    private void read(int attempt) {
        long startNs = System.nanoTime();
        GroupShard fresh = newShard.get();
        try (BufferSupplier buffers = BufferSupplier.create()) {
            log.readAll(partition, batch -> RecordBatches.replay(batch, fresh, buffers));
        } catch (RuntimeException e) {
            LOG.warn("{} could not be read, trying again in {} ms: {}", partition, RELOAD_DELAY_MS, e.toString());
            later(() -> retry(attempt), RELOAD_DELAY_MS);
            return;
        }
        internally(() -> activate(attempt, fresh, startNs));
    }

    private void retry(int attempt) {
        if (phase == Phase.LOADING && attempt == loads) {
            load();
        }
    }

    private void activate(int attempt, GroupShard fresh, long startNs) {
        if (phase != Phase.LOADING || attempt != loads) {
            return;
        }
        shard = fresh;
        phase = Phase.ACTIVE;
        Turn turn = new Turn(clockMs.getAsLong());
        shard.loaded(turn);
        accept(turn);
        LOG.debug(
                "{} loaded: {} groups in {} ms",
                partition,
                shard.groupCount(),
                (System.nanoTime() - startNs) / 1_000_000);
    }

    private void reload() {
        abandon(Errors.COORDINATOR_LOAD_IN_PROGRESS);
        phase = Phase.LOADING;
        load();
    }

    /** The partition is led elsewhere now. */
    void close() {
        internally(() -> {
            if (phase != Phase.CLOSED) {
                abandon(Errors.NOT_COORDINATOR);
                phase = Phase.CLOSED;
            }
        });
    }

    /** Nobody shall wait for this shard any longer. */
    private void abandon(Errors answer) {
        writes.clear().forEach(pending -> settle(pending, answer));
        if (phase == Phase.ACTIVE) {
            shard.end(new Turn(clockMs.getAsLong()), answer);
        }
        writes.clear();
        shard = newShard.get();
    }
}
