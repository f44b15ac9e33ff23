package io.milena.controller;

import io.milena.controller.core.BrokerSessions;
import io.milena.controller.core.ClusterState;
import io.milena.controller.core.ControlContext;
import io.milena.controller.core.Decision;
import io.milena.raft.RaftListener;
import io.milena.raft.SnapshotContents;
import io.milena.raft.core.LeaderAndEpoch;
import io.milena.records.CommittedBatch;
import io.milena.records.VersionedRecord;
import java.util.List;
import java.util.concurrent.Executor;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.NotControllerException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownServerException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decide, append, replay, answer: the controller without its thread. Not thread-safe; everything runs on the given queue.
 *
 * <pre>
 * standby --onLeaderChange(self)--> active     state holds all commits; activation records are appended
 * active  --decide--> append --> replay        the state runs ahead of the log's commits (speculative)
 * active  --onCommit--> answer                 own batches are replayed already
 * active  --onLeaderChange(other)--> standby   waiting answers fail; a state that ran ahead is rebuilt from the log
 * </pre>
 */
final class ControllerEngine {
    private static final Logger LOG = LoggerFactory.getLogger(ControllerEngine.class);
    /** Decisions of the controller itself are cut into batches of this many records. */
    private static final int TASK_RECORDS = 10_000;

    private final ControllerConfig config;
    private final MetadataLogWriter log;
    private final Executor queue;
    private final BrokerSessions sessions;
    private final PendingAnswers pending = new PendingAnswers();
    private final Periodic periodic;

    private ClusterState state = new ClusterState();
    private @Nullable Subscription subscription;
    private LeaderAndEpoch leader = LeaderAndEpoch.UNKNOWN;
    private boolean active;
    /** This node does not act on leadership of this epoch or an earlier one any more. */
    private int resignedEpoch = -1;
    /** First offset not known to be committed. */
    private long committedEnd;
    /** First offset after everything replayed, speculatively or not. */
    private long nextOffset;

    ControllerEngine(ControllerConfig config, MetadataLogWriter log, Executor queue) {
        this.config = config;
        this.log = log;
        this.queue = queue;
        this.sessions = new BrokerSessions(
                config.settings().sessionTimeoutMs(), config.settings().connectionLossGraceMs());
        this.periodic = new Periodic(config);
    }

    void start() {
        subscribe();
    }

    boolean active() {
        return active;
    }

    LeaderAndEpoch leader() {
        return leader;
    }

    ClusterState state() {
        return state;
    }

    BrokerSessions sessions() {
        return sessions;
    }

    int pendingAnswers() {
        return pending.size();
    }

    <R> void run(Operation<R> operation) {
        if (!active) {
            operation.fail(notController());
            return;
        }
        long now = config.clockMs().getAsLong();
        if (now > operation.deadlineMs()) {
            operation.fail(new TimeoutException("The request waited longer than its time-out for the controller."));
            return;
        }
        Operation.Turn turn = new Operation.Turn(context(), sessions, now, expectedOffset());
        Decision<R> decision;
        try {
            decision = operation.decide(turn);
        } catch (ApiException refused) {
            operation.fail(refused);
            return;
        } catch (RuntimeException bug) {
            LOG.error("The controller could not decide {}; nothing was changed", operation, bug);
            operation.fail(new UnknownServerException("The controller failed to decide this request.", bug));
            return;
        }
        commit(operation, decision, turn);
    }

    private <R> void commit(Operation<R> operation, Decision<R> decision, Operation.Turn turn) {
        List<VersionedRecord> records = decision.records();
        if (records.isEmpty()) {
            operation.appended(decision, turn, nextOffset - 1);
            if (pending.isEmpty()) {
                operation.complete(decision.response());
            } else {
                answerLater(operation, decision, nextOffset - 1);
            }
            return;
        }
        periodic.wrote(turn.nowMs());
        int step = operation instanceof Operation.Task ? TASK_RECORDS : records.size();
        for (int from = 0; from < records.size(); from += step) {
            int to = Math.min(from + step, records.size());
            boolean last = to == records.size();
            append(records.subList(from, to), last ? operation : null, decision, turn);
        }
    }

    private <R> void append(
            List<VersionedRecord> records,
            @Nullable Operation<R> operation,
            Decision<R> decision,
            Operation.Turn turn) {
        long base = expectedOffset();
        int epoch = leader.epoch();
        var appended = log.append(epoch, List.copyOf(records));
        for (int i = 0; i < records.size(); i++) {
            state.replay(records.get(i), base + i);
        }
        nextOffset = base + records.size();
        if (operation != null) {
            operation.appended(decision, turn, nextOffset - 1);
        }
        PendingAnswers.Entry entry =
                operation == null ? pending.add(-1, error -> {}) : answerLater(operation, decision, -1);
        appended.whenComplete((offset, error) -> queue.execute(() -> onAppended(epoch, entry, offset, error)));
    }

    private <R> PendingAnswers.Entry answerLater(Operation<R> operation, Decision<R> decision, long offset) {
        return pending.add(offset, error -> {
            if (error == null) {
                operation.complete(decision.response());
            } else {
                operation.fail(error);
            }
        });
    }

    private void onAppended(int epoch, PendingAnswers.Entry entry, @Nullable Long offset, @Nullable Throwable error) {
        if (!active || leader.epoch() != epoch) {
            return;
        }
        if (error != null || offset == null) {
            // What was replayed is not in the log: this state is worth nothing any more.
            LOG.warn("Could not append to the metadata log in epoch {}; giving up leadership", epoch, error);
            resignedEpoch = epoch;
            log.resign(epoch);
            standDown();
            return;
        }
        entry.endOffset = offset;
        // Raft's own records may have come in between.
        nextOffset = Math.max(nextOffset, offset + 1);
        pending.committed(committedEnd - 1);
    }

    /** Runs what is due; returns when to be called again, in milliseconds of the clock. */
    long tick() {
        if (!active) {
            return Long.MAX_VALUE;
        }
        long now = config.clockMs().getAsLong();
        periodic.due(now, context(), sessions).forEach(this::run);
        return active ? periodic.nextMs(state, sessions) : Long.MAX_VALUE;
    }

    private void onCommit(CommittedBatch batch) {
        boolean own = active && batch.epoch() == leader.epoch();
        if (!own) {
            List<VersionedRecord> records = batch.records();
            for (int i = 0; i < records.size(); i++) {
                state.replay(records.get(i), batch.baseOffset() + i);
            }
        }
        committedEnd = Math.max(committedEnd, batch.lastOffset() + 1);
        nextOffset = Math.max(nextOffset, committedEnd);
        pending.committed(batch.lastOffset());
    }

    private void onSnapshot(ClusterState loaded, long endOffset) {
        if (active) {
            throw new IllegalStateException("A snapshot up to " + endOffset + " was loaded into an active controller");
        }
        state = loaded;
        committedEnd = endOffset;
        nextOffset = endOffset;
    }

    private void onLeaderChange(LeaderAndEpoch now) {
        if (now.equals(leader)) {
            return;
        }
        LeaderAndEpoch before = leader;
        if (active) {
            LOG.info(
                    "Node {} is no longer the active controller (epoch {} -> {})",
                    config.nodeId(),
                    before.epoch(),
                    now.epoch());
            standDown();
        }
        leader = now;
        if (now.isLeader(config.nodeId()) && now.epoch() > resignedEpoch) {
            activate();
        }
    }

    private void activate() {
        long now = config.clockMs().getAsLong();
        active = true;
        nextOffset = Math.max(nextOffset, log.logEndOffset());
        sessions.activate(state.brokers(), now);
        periodic.activate(now);
        LOG.info("Node {} is the active controller of epoch {}", config.nodeId(), leader.epoch());
        run(new Activation(config.bootstrapRecords()));
    }

    /** Leaves the active role; a state with uncommitted records in it is thrown away and built anew from the log. */
    private void standDown() {
        // Every append leaves an answer waiting until it is committed, if only an empty one.
        boolean ranAhead = !pending.isEmpty();
        active = false;
        leader = new LeaderAndEpoch(java.util.OptionalInt.empty(), leader.epoch());
        pending.failAll(notController());
        if (ranAhead) {
            state = new ClusterState();
            committedEnd = 0;
            nextOffset = 0;
            subscribe();
        }
    }

    NotControllerException notController() {
        return leader.leaderId().isPresent() && !leader.isLeader(config.nodeId())
                ? new NotControllerException("The active controller appears to be node "
                        + leader.leaderId().getAsInt() + ".")
                : new NotControllerException("No controller appears to be active.");
    }

    private ControlContext context() {
        return new ControlContext(state, config.rules(), config.settings(), config.random());
    }

    private long expectedOffset() {
        return Math.max(nextOffset, log.logEndOffset());
    }

    private void subscribe() {
        Subscription old = subscription;
        if (old != null) {
            log.unregister(old);
        }
        Subscription fresh = new Subscription();
        subscription = fresh;
        log.register(fresh);
    }

    /** Hands what Raft says over to the queue; calls of an abandoned subscription are dropped. */
    private final class Subscription implements RaftListener {
        @Override
        public void onCommit(CommittedBatch batch) {
            enqueue(() -> ControllerEngine.this.onCommit(batch));
        }

        @Override
        public void onSnapshot(SnapshotContents snapshot) {
            // Its records are readable now only, so the state is built here and handed over whole.
            ClusterState loaded = new ClusterState();
            snapshot.batches()
                    .forEachRemaining(batch -> batch.records()
                            .forEach(record ->
                                    loaded.replay(record, snapshot.id().offset() - 1)));
            enqueue(() -> ControllerEngine.this.onSnapshot(loaded, snapshot.id().offset()));
        }

        @Override
        public void onLeaderChange(LeaderAndEpoch now) {
            enqueue(() -> ControllerEngine.this.onLeaderChange(now));
        }

        @SuppressWarnings("ReferenceEquality")
        private void enqueue(Runnable event) {
            queue.execute(() -> {
                if (subscription == this) {
                    event.run();
                }
            });
        }
    }
}
