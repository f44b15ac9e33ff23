package io.milena.coordinator.runtime;

import io.milena.coordinator.runtime.ShardLoader.Loaded;
import io.milena.coordinator.runtime.ShardWrites.InLog;
import io.milena.coordinator.runtime.ShardWrites.Pending;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one shard, in one leader epoch of its partition, and takes its records to the log.
 *
 * <pre>
 * Loading ── log read to its end ──▶ Active ── resignation, or the log says that the epoch is over ──▶ Closed
 *    ▲ ╰────────────────────────────── resignation ──────────────────────────────────────────────────────▲
 *    ╰─ outcome of an append unknown, ─╯
 *       or an Error in a turn
 * </pre>
 *
 * All turns run on one thread, one after the other. A turn that fails is undone and its operation refused; the shard goes
 * on. After an Error, which may have cut any change in half, it is read again.
 */
final class ShardRuntime<S extends Shard> {

    private static final Logger LOG = LoggerFactory.getLogger(ShardRuntime.class);
    private static final long RELOAD_DELAY_MS = 500;

    private enum Phase {
        LOADING,
        ACTIVE,
        CLOSED
    }

    /** What all shards of a coordinator have in common. */
    record Shared<S extends Shard>(
            RuntimeConfig config,
            CoordinatorLog log,
            CoordinatorTime time,
            RecordSerde serde,
            Supplier<S> newShard,
            Executor loader) {}

    private final TopicPartition partition;
    private final int leaderEpoch;
    private final Shared<S> shared;
    private final ScheduledExecutorService thread;
    private final Mailbox<ShardOperation<S>> mailbox;

    // Used by the shard's thread alone.
    private Phase phase = Phase.LOADING;
    private S shard;
    private final ShardWrites writes;
    private @Nullable ScheduledFuture<?> alarm;
    private long alarmMs = Long.MAX_VALUE;
    private int loads;
    private boolean damaged;

    ShardRuntime(TopicPartition partition, int leaderEpoch, Shared<S> shared, ScheduledExecutorService thread) {
        this.partition = partition;
        this.leaderEpoch = leaderEpoch;
        this.shared = shared;
        this.thread = thread;
        this.shard = shared.newShard().get();
        this.writes = new ShardWrites(shared.config());
        this.mailbox = new Mailbox<>(thread, this::run, this::afterTurns);
    }

    int leaderEpoch() {
        return leaderEpoch;
    }

    // ---- turns

    /** Runs the operation in a turn of its own, soon, or refuses it; any thread. */
    void execute(ShardOperation<S> operation) {
        mailbox.put(operation);
    }

    private void run(ShardOperation<S> operation) {
        if (operation instanceof Internal<S> internal) {
            guarded(internal.action);
        } else if (phase == Phase.ACTIVE) {
            turn("An operation", turn -> operation.run(shard, turn), error -> refuse(operation, error));
        } else {
            refuse(operation, phase == Phase.LOADING ? Errors.COORDINATOR_LOAD_IN_PROGRESS : Errors.NOT_COORDINATOR);
        }
        reloadIfDamaged();
    }

    private void afterTurns() {
        guarded(() -> {
            flush();
            setAlarm();
        });
        reloadIfDamaged();
    }

    /** The runtime's own business, done in every phase. */
    private static final class Internal<S extends Shard> implements ShardOperation<S> {
        private final Runnable action;

        Internal(Runnable action) {
            this.action = action;
        }

        @Override
        public void run(S shard, Turn turn) {
            throw new IllegalStateException("runs without a turn");
        }

        @Override
        public void refused(Errors error) {}
    }

    private void internally(Runnable action) {
        execute(new Internal<>(action));
    }

    private void guarded(Runnable action) {
        try {
            action.run();
        } catch (Throwable e) {
            LOG.error("The coordinator of {} failed", partition, e);
            damaged = true;
        }
    }

    private void reloadIfDamaged() {
        if (damaged) {
            damaged = false;
            if (phase == Phase.ACTIVE) {
                LOG.error("{} is read again", partition);
                guarded(this::reload);
            }
        }
    }

    /** One turn. If it throws, whatever it is, it has not happened. */
    private void turn(String what, Consumer<Turn> action, Consumer<Errors> failed) {
        Turn turn = newTurn();
        try {
            action.accept(turn);
            accept(turn);
        } catch (Throwable e) {
            LOG.error("{} on {} failed", what, partition, e);
            damaged |= !(e instanceof Exception);
            giveUp(turn);
            failed.accept(Errors.UNKNOWN_SERVER_ERROR);
        }
    }

    private Turn newTurn() {
        return new Turn(shared.time().monotonicMs(), shared.time().wallClockMs());
    }

    private void giveUp(Turn turn) {
        guarded(turn::undoUnwritten);
        List<Turn.Write> newestFirst = new ArrayList<>(turn.writes());
        Collections.reverse(newestFirst);
        newestFirst.forEach(write -> guarded(write::undo));
        turn.writes().forEach(write -> settle(write, Errors.UNKNOWN_SERVER_ERROR));
    }

    private static void refuse(ShardOperation<?> operation, Errors error) {
        try {
            operation.refused(error);
        } catch (RuntimeException e) {
            LOG.error("An operation could not be refused with {}", error, e);
        }
    }

    private void accept(Turn turn) {
        if (turn.writes().isEmpty()) {
            return;
        }
        List<Pending> decided = new ArrayList<>(turn.writes().size());
        for (Turn.Write write : turn.writes()) {
            decided.add(writes.prepare(write, turn.nowMs()));
        }
        int maxBatchBytes = shared.log().maxBatchBytes(partition);
        for (int i = 0; i < decided.size(); i++) {
            Pending pending = decided.get(i);
            if (writes.isTooLarge(pending, maxBatchBytes)) {
                List<Pending> newestFirst = new ArrayList<>(decided.subList(i, decided.size()));
                Collections.reverse(newestFirst);
                newestFirst.forEach(each -> each.write.undo());
                settleAll(decided.subList(i, decided.size()), Errors.MESSAGE_TOO_LARGE);
                return;
            }
            shard.decided(pending.write.records());
            if (!writes.add(pending)) {
                settleAll(List.of(pending), Errors.NONE);
            }
        }
    }

    private void settleAll(List<Pending> pending, Errors error) {
        for (Pending each : List.copyOf(pending)) {
            if (each.settle()) {
                settle(each.write, error);
            }
        }
    }

    private void settle(Turn.Write write, Errors error) {
        turn("The settlement of a write", turn -> write.settlement().settled(turn, error), ignored -> {});
    }

    // ---- the log

    private void flush() {
        while (phase == Phase.ACTIVE && writes.hasDecided()) {
            append(writes.nextBatch(shared.log().maxBatchBytes(partition)));
        }
    }

    private void append(List<Pending> batch) {
        CoordinatorLog.Appended appended;
        try {
            appended = shared.log()
                    .append(
                            partition,
                            leaderEpoch,
                            writes.records(batch, shared.time().wallClockMs()));
        } catch (RuntimeException e) {
            notAppended(batch, e);
            return;
        }
        InLog inLog = writes.appended(batch, () -> replay(batch, appended.lastOffset()));
        appended.committed().whenComplete((nothing, failure) -> {
            // This may be a thread of the data plane with locks in its hands: nothing is done here.
            internally(() -> committed(inLog, failure));
        });
    }

    private void replay(List<Pending> batch, long lastOffset) {
        int count = 0;
        for (Pending pending : batch) {
            count += pending.write.records().size();
        }
        long offset = lastOffset - count + 1;
        for (Pending pending : batch) {
            for (CoordinatorRecord record : pending.write.records()) {
                shard.replay(record, offset++, pending.write.producerId());
            }
        }
    }

    private void committed(InLog inLog, @Nullable Throwable failure) {
        if (phase != Phase.ACTIVE) {
            return;
        }
        if (failure != null) {
            LOG.info("{} is not led here any more in epoch {}: {}", partition, leaderEpoch, failure.toString());
            end(Errors.NOT_COORDINATOR, Phase.CLOSED);
            return;
        }
        inLog.committed();
        for (InLog next = writes.removeCommitted(); next != null; next = writes.removeCommitted()) {
            next.replay.run();
            settleAll(next.writes, Errors.NONE);
        }
    }

    /** What was not appended is taken back, and all that was decided after it. */
    private void notAppended(List<Pending> batch, RuntimeException failure) {
        Errors said = Errors.forException(failure);
        boolean epochIsOver = said == Errors.NOT_LEADER_OR_FOLLOWER || said == Errors.FENCED_LEADER_EPOCH;
        Errors error = epochIsOver ? Errors.NOT_LEADER_OR_FOLLOWER : said;
        List<Pending> newestFirst = writes.removeDecided();
        for (int i = batch.size() - 1; i >= 0; i--) {
            newestFirst.add(batch.get(i));
        }
        LOG.warn("{} writes to {} were refused: {}", newestFirst.size(), partition, failure.toString());
        for (Pending pending : newestFirst) {
            pending.write.undo();
            shard.takenBack(pending.write.records());
        }
        Collections.reverse(newestFirst);
        settleAll(newestFirst, error);
        if (epochIsOver) {
            end(Errors.NOT_COORDINATOR, Phase.CLOSED);
        } else if (!nothingWritten(error)) {
            LOG.warn("What became of the records in {} is not known: it is read again", partition);
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
        alarm = later(this::alarmRang, Math.max(0, next - shared.time().monotonicMs()));
    }

    /** In a turn, after a while; null when the node is closing. */
    private @Nullable ScheduledFuture<?> later(Runnable action, long delayMs) {
        try {
            return thread.schedule(() -> internally(action), delayMs, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            return null;
        }
    }

    private void alarmRang() {
        alarmMs = Long.MAX_VALUE;
        if (phase == Phase.ACTIVE) {
            turn("A timer", shard::tick, ignored -> {});
            settleAll(writes.overdue(shared.time().monotonicMs()), Errors.REQUEST_TIMED_OUT);
        }
    }

    // ---- life

    /** Reads the partition on a loader thread, then becomes active when all that was read is committed. */
    void load() {
        int attempt = ++loads;
        try {
            shared.loader().execute(() -> read(attempt));
        } catch (RejectedExecutionException e) {
            LOG.debug("{} is not loaded: the node is closing", partition);
        }
    }

    private void read(int attempt) {
        long startNs = System.nanoTime();
        Loaded<S> loaded;
        CompletableFuture<Void> committed;
        try {
            loaded = ShardLoader.load(
                    shared.log(),
                    partition,
                    leaderEpoch,
                    shared.serde(),
                    shared.newShard().get());
            committed = loaded.lastOffset() < 0
                    ? CompletableFuture.completedFuture(null)
                    : shared.log().whenCommitted(partition, leaderEpoch, loaded.lastOffset());
        } catch (Throwable e) {
            LOG.warn("{} could not be read, trying again in {} ms: {}", partition, RELOAD_DELAY_MS, e.toString());
            later(() -> retry(attempt), RELOAD_DELAY_MS);
            return;
        }
        committed.whenComplete((nothing, failure) -> internally(() -> {
            if (failure == null) {
                activate(attempt, loaded, startNs);
            } else if (phase == Phase.LOADING && attempt == loads) {
                LOG.info("{} is not led here any more in epoch {}: {}", partition, leaderEpoch, failure.toString());
                end(Errors.NOT_COORDINATOR, Phase.CLOSED);
            }
        }));
    }

    private void retry(int attempt) {
        if (phase == Phase.LOADING && attempt == loads) {
            load();
        }
    }

    private void activate(int attempt, Loaded<S> loaded, long startNs) {
        if (phase != Phase.LOADING || attempt != loads) {
            return;
        }
        shard = loaded.shard();
        phase = Phase.ACTIVE;
        turn("Loading", shard::loaded, ignored -> damaged = true);
        LOG.debug("{} loaded in {} ms", partition, (System.nanoTime() - startNs) / 1_000_000);
    }

    private void reload() {
        end(Errors.COORDINATOR_LOAD_IN_PROGRESS, Phase.LOADING);
        load();
    }

    /** The partition is not led here in this epoch any more; any thread. */
    void close() {
        internally(() -> {
            if (phase != Phase.CLOSED) {
                end(Errors.NOT_COORDINATOR, Phase.CLOSED);
            }
        });
    }

    /** The shard ends, and nobody shall wait for it any longer. */
    private void end(Errors answer, Phase next) {
        S ended = shard;
        boolean wasActive = phase == Phase.ACTIVE;
        phase = next;
        settleAll(writes.clear(), answer);
        if (wasActive) {
            turn("The end of a shard", turn -> ended.unloaded(turn, answer), ignored -> {});
        }
        writes.clear();
        shard = shared.newShard().get();
    }
}
