package io.milena.controller;

import io.milena.controller.core.BrokerSessions;
import io.milena.controller.core.BrokerState;
import io.milena.controller.core.ClusterState;
import io.milena.controller.core.ControlContext;
import io.milena.controller.core.Decision;
import io.milena.controller.core.LeaderElections;
import io.milena.raft.NotLeaderException;
import io.milena.raft.RaftListener;
import io.milena.raft.SnapshotContents;
import io.milena.raft.core.LeaderAndEpoch;
import io.milena.records.CommittedBatch;
import io.milena.records.VersionedRecord;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.NotControllerException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
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
    private final ControllerConfig config;
    private final MetadataLogWriter log;
    private final Executor queue;
    private final BrokerSessions sessions;
    private final Suspicions suspicions;
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
    /** First offset after everything this node appended and replayed before its commit. */
    private long speculativeEnd;

    ControllerEngine(ControllerConfig config, MetadataLogWriter log, Executor queue, BrokerProbe probe) {
        this.config = config;
        this.log = log;
        this.queue = queue;
        this.sessions = new BrokerSessions(
                config.settings().sessionTimeoutMs(), config.settings().connectionLossGraceMs());
        this.suspicions = new Suspicions(sessions, probe, config.clockMs(), queue);
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

    /** The connection on which this broker beat is lost. */
    void onConnectionLost(int brokerId, long epoch) {
        sessions.suspect(brokerId, epoch);
        BrokerState broker = state.brokers().get(brokerId);
        if (active && broker != null && broker.epoch() == epoch) {
            suspicions.followUp(broker);
        }
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
        if (now >= operation.deadlineMs()) {
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
        long before = nextOffset;
        DecisionBatches batches = new DecisionBatches(decision, log.maxBatchBytes());
        for (List<VersionedRecord> batch = take(batches, operation);
                batch == null || !batch.isEmpty();
                batch = take(batches, operation)) {
            if (batch == null || !append(batch, operation)) {
                return;
            }
            periodic.wrote(turn.nowMs());
        }
        operation.appended(decision, turn, nextOffset - 1);
        if (nextOffset == before && pending.isEmpty()) {
            operation.complete(decision.response());
        } else {
            answerLater(operation, decision, nextOffset - 1);
        }
    }

    /** The next batch, empty at the end; null if it can never be written: then the operation has failed. */
    private @Nullable List<VersionedRecord> take(DecisionBatches batches, Operation<?> operation) {
        try {
            return batches.next();
        } catch (RecordBatchTooLargeException tooLarge) {
            operation.fail(new PolicyViolationException(tooLarge.getMessage()));
        } catch (RuntimeException unreadable) {
            LOG.error("What {} would write could not be read again; it is refused", operation, unreadable);
            operation.fail(new UnknownServerException("The controller would write what no node can read.", unreadable));
        }
        return null;
    }

    /**
     * Replays and appends one batch; false if nothing was appended, and the operation has failed. Replay comes first: a record that
     * contradicts the state must never enter the log, where it would stop every node at every start.
     */
    private boolean append(List<VersionedRecord> records, Operation<?> operation) {
        long base = expectedOffset();
        speculativeEnd = base + records.size();
        long last;
        try {
            for (int i = 0; i < records.size(); i++) {
                state.replay(records.get(i), base + i);
            }
            last = log.append(leader.epoch(), records);
        } catch (NotLeaderException lost) {
            resignedEpoch = leader.epoch();
            standDown();
            operation.fail(notController());
            return false;
        } catch (RuntimeException contradiction) {
            LOG.error(
                    "What {} decided contradicts the metadata; nothing of it is written. The controller of epoch {} resigns to"
                            + " read its state from the log again",
                    operation,
                    leader.epoch(),
                    contradiction);
            resign();
            operation.fail(new UnknownServerException("The controller failed to decide this request.", contradiction));
            return false;
        }
        if (last + 1 != speculativeEnd) { // Raft has put a control record of its own before
            state.moved(records, last - records.size() + 1);
        }
        nextOffset = last + 1;
        speculativeEnd = nextOffset;
        return true;
    }

    private void resign() {
        resignedEpoch = leader.epoch();
        log.resign(leader.epoch());
        standDown();
    }

    private <R> void answerLater(Operation<R> operation, Decision<R> decision, long offset) {
        pending.add(offset, error -> {
            if (error == null) {
                operation.complete(decision.response());
            } else {
                operation.fail(error);
            }
        });
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
                replayCommitted(records.get(i), batch.baseOffset() + i);
            }
        }
        committedEnd = Math.max(committedEnd, batch.lastOffset() + 1);
        nextOffset = Math.max(nextOffset, committedEnd);
        pending.committed(batch.lastOffset());
    }

    private void replayCommitted(VersionedRecord record, long offset) {
        try {
            state.replay(record, offset);
        } catch (RuntimeException contradiction) {
            throw new IllegalStateException(
                    "Cannot replay the record at offset " + offset + " of the metadata log: " + record.message()
                            + "; as the last resort milena.metadata.log.skip.offsets=" + offset
                            + " on every node leaves it out",
                    contradiction);
        }
    }

    private void onSnapshot(SnapshotContents snapshot) {
        long endOffset = snapshot.id().offset();
        if (active) {
            throw new IllegalStateException("A snapshot up to " + endOffset + " was loaded into an active controller");
        }
        long startedNs = System.nanoTime();
        ClusterState loaded = new ClusterState();
        snapshot.batches()
                .forEachRemaining(batch -> batch.records().forEach(record -> loaded.replay(record, endOffset - 1)));
        state = loaded;
        committedEnd = endOffset;
        nextOffset = endOffset;
        LOG.info(
                "Loaded metadata snapshot {} with {} partitions into the controller in {} ms",
                snapshot.id(),
                state.topics().partitionCount(),
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedNs));
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
        // Nobody beats here yet, and who died together with the last controller never will.
        state.brokers().all().forEach(suspicions::followUp);
        periodic.activate(now);
        LOG.info("Node {} is the active controller of epoch {}", config.nodeId(), leader.epoch());
        run(new Activation(config.bootstrapRecords()));
        Operation.Task elections = turn -> new LeaderElections(turn.context()).electMissing();
        run(elections);
    }

    /** Leaves the active role; a state with uncommitted records in it is thrown away and built anew from the log. */
    private void standDown() {
        boolean ranAhead = speculativeEnd > committedEnd;
        active = false;
        leader = new LeaderAndEpoch(OptionalInt.empty(), leader.epoch());
        pending.failAll(notController());
        if (ranAhead) {
            state = new ClusterState();
            committedEnd = 0;
            nextOffset = 0;
            speculativeEnd = 0;
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
            enqueue(() -> ControllerEngine.this.onSnapshot(snapshot)); // read there: consensus must not wait for it
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
