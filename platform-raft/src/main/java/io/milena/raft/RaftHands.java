package io.milena.raft;

import io.milena.raft.core.CoreConfig;
import io.milena.raft.core.Effect;
import io.milena.raft.core.Event;
import io.milena.raft.core.HostPort;
import io.milena.raft.core.LeaderAndEpoch;
import io.milena.raft.core.RaftCore;
import io.milena.raft.core.ReplicaKey;
import io.milena.raft.core.Request;
import io.milena.raft.core.Response;
import io.milena.raft.core.VoterChange;
import io.milena.raft.rpc.RaftRpc;
import io.milena.raft.rpc.RecordsBlock;
import io.milena.raft.storage.QuorumStateFile;
import io.milena.raft.storage.RecordBatches;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The core's hands: they give it one event at a time and perform its effects in order, so that nothing is said before it is
 * durable. Everything runs on the raft thread; a fault of the disk is thrown and stops the node.
 */
final class RaftHands {
    private static final Logger LOG = LoggerFactory.getLogger(RaftHands.class);

    private final RaftNodeConfig config;
    private final RaftLog log;
    private final QuorumStateFile quorumState;
    private final RaftTransport transport;
    private final AppendBuffer appends;
    private final SnapshotService snapshots;
    private final RaftClock clock;
    private final RandomGenerator random;
    private final Consumer<Runnable> raftThread;
    private final InboundRequests inbound;
    private final WarningLimit warnings;
    private final Deque<Event> events = new ArrayDeque<>();
    private final Map<Long, BiConsumer<Errors, String>> changes = new HashMap<>();
    private volatile RaftCore core;
    private volatile OutboundRequests outbound;
    private long nextChange;
    private boolean performing;

    /** @param raftThread runs a task in one of the next turns */
    RaftHands(
            RaftNodeConfig config,
            RaftLog log,
            QuorumStateFile quorumState,
            RaftTransport transport,
            AppendBuffer appends,
            SnapshotService snapshots,
            RaftClock clock,
            RandomGenerator random,
            Consumer<Runnable> raftThread) {
        this.config = config;
        this.log = log;
        this.quorumState = quorumState;
        this.transport = transport;
        this.appends = appends;
        this.snapshots = snapshots;
        this.clock = clock;
        this.random = random;
        this.raftThread = raftThread;
        this.core = new RaftCore(coreConfig(config, config.advertisedEndpoints()), log, random);
        this.outbound = outbound(config.advertisedEndpoints());
        this.warnings = new WarningLimit(clock, config.onWarning());
        this.inbound = new InboundRequests(log, config.fetchMaxBytes(), this::feed);
    }

    /** Before the thread starts: this node's listeners as they were really bound. */
    void advertise(Map<String, HostPort> endpoints) {
        log.history().relocate(config.nodeId(), endpoints);
        core = new RaftCore(coreConfig(config, endpoints), log, random);
        outbound = outbound(endpoints);
    }

    private OutboundRequests outbound(Map<String, HostPort> endpoints) {
        RaftRpc.Context context = new RaftRpc.Context(config.clusterId(), config.controllerListener(), endpoints);
        return new OutboundRequests(
                context,
                transport,
                config.requestTimeoutMs(),
                event -> raftThread.accept(() -> feed(event)),
                (key, text) -> raftThread.accept(() -> warnings.warn(key, text)));
    }

    private static CoreConfig coreConfig(RaftNodeConfig config, Map<String, HostPort> endpoints) {
        return new CoreConfig(
                new ReplicaKey(config.nodeId(), config.directoryId()),
                config.controller(),
                config.controllerListener(),
                endpoints,
                config.bootstrapServers(),
                config.electionTimeoutMs(),
                config.electionBackoffMaxMs(),
                config.fetchTimeoutMs(),
                config.requestTimeoutMs(),
                20,
                config.fetchMaxWaitMs(),
                config.fetchSnapshotMaxBytes(),
                config.leaderLossGraceMs());
    }

    RaftCore core() {
        return core;
    }

    /** The first step: takes up the election state from the disk. */
    void start() {
        performing = true;
        perform(core.start(quorumState.read(), clock.nowMs()));
        drainEvents();
    }

    /** What is due by {@code nowMs}. */
    void tick(long nowMs) {
        if (nowMs >= core.nextDeadlineMs()) {
            feed(new Event.Tick());
        }
        inbound.expire(nowMs);
    }

    long nextDeadlineMs() {
        return Math.min(core.nextDeadlineMs(), inbound.nextDeadlineMs());
    }

    /** Nobody is answered any more. */
    void close() {
        appends.close(new LeaderAndEpoch(OptionalInt.empty(), core.epoch()));
        inbound.forgetAll();
        snapshots.abortDownload();
    }

    /** A request of another node; {@code answer} is called on this thread, now or later. */
    void receive(Request request, Consumer<Response> answer) {
        inbound.receive(request, answer);
    }

    /** A change of the voters; {@code answer} is called on this thread, now or when it is committed. */
    void change(VoterChange change, long timeoutMs, BiConsumer<Errors, String> answer) {
        long ticket = nextChange++;
        changes.put(ticket, answer);
        feed(new Event.VotersChangeRequested(ticket, change, timeoutMs));
    }

    /** Everything left in the buffer: one write, one fsync. Followers may fetch it while the disk still works (Raft thesis 10.2.1). */
    void writeAppends() {
        List<AppendBuffer.Pending> batches = appends.drain();
        if (batches.isEmpty()) {
            return;
        }
        MemoryRecords joined = AppendBuffer.joined(batches);
        log.appendAsLeader(joined, core.epoch());
        long expected = batches.get(batches.size() - 1).lastOffset() + 1;
        if (log.endOffset() != expected) {
            throw new IllegalStateException("Appended up to " + log.endOffset() + ", promised " + expected);
        }
        inbound.wake(core.highWatermark());
        log.flush();
        feed(new Event.LogChanged(log.durableEndOffset()));
        for (AppendBuffer.Pending batch : batches) {
            if (batch.written() != null) {
                batch.written().complete(batch.lastOffset());
            }
        }
    }

    /** Gives the core an event now, or after the effects that are being performed. */
    void feed(Event event) {
        events.add(event);
        if (!performing) {
            drainEvents();
        }
    }

    private void drainEvents() {
        performing = true;
        for (Event event = events.poll(); event != null; event = events.poll()) {
            perform(core.step(event, clock.nowMs()));
        }
        performing = false;
    }

    private void perform(List<Effect> effects) {
        for (Effect effect : effects) {
            perform(effect);
        }
    }

    private void perform(Effect effect) {
        if (effect instanceof Effect.Send send) {
            outbound.send(send.to(), send.request());
        } else if (effect instanceof Effect.Prepare prepare) {
            transport.prepare(prepare.to().address());
        } else if (effect instanceof Effect.Reply reply) {
            inbound.answerOrHold(reply.ticket(), reply.response(), clock.nowMs());
        } else if (effect instanceof Effect.ServeFetch fetch) {
            inbound.serve(fetch, clock.nowMs());
        } else if (effect instanceof Effect.ServeSnapshot snapshot) {
            inbound.answer(snapshot.ticket(), snapshots.serve(snapshot));
        } else if (effect instanceof Effect.AppendFetched fetched) {
            appendFetched(fetched);
        } else if (effect instanceof Effect.Commit commit) {
            log.updateHighWatermark(commit.highWatermark());
            inbound.wake(core.highWatermark());
        } else if (effect instanceof Effect.Persist persist) {
            quorumState.write(persist.state(), log.kraftVersion(), log.voters().ids());
        } else if (effect instanceof Effect.AppendLeaderChange change) {
            openEpoch(change);
        } else if (effect instanceof Effect.LeaderChanged changed) {
            leaderChanged(changed.leader());
        } else if (effect instanceof Effect.Truncate truncate) {
            LOG.info("Truncating the metadata log from {} to {}", log.endOffset(), truncate.offset());
            log.truncateTo(truncate.offset());
            log.flush();
            feed(new Event.LogChanged(log.durableEndOffset()));
        } else if (effect instanceof Effect.AppendVoters change) {
            LOG.info("Metadata quorum: the voters become {}", change.voters().ids());
            appends.addControl(
                    change.epoch(), RecordBatches.voters(change.epoch(), clock.wallMs(), change.voters()), 1);
            raftThread.accept(() -> {}); // written with this turn or the next
        } else if (effect instanceof Effect.AppendKraftVersion upgrade) {
            LOG.info(
                    "Metadata quorum: kraft.version becomes {}, the voters {}",
                    upgrade.kraftVersion(),
                    upgrade.voters());
            appends.addControl(
                    upgrade.epoch(),
                    RecordBatches.kraftVersion(
                            upgrade.epoch(), clock.wallMs(), upgrade.kraftVersion(), upgrade.voters()),
                    2);
            raftThread.accept(() -> {}); // written with this turn or the next
        } else if (effect instanceof Effect.Complain complaint) {
            warnings.warn(
                    List.of(complaint.problem(), complaint.peerId()),
                    "Metadata quorum: node " + complaint.peerId() + ' ' + complaint.problem() + " ("
                            + complaint.details() + "); this is ignored");
        } else if (effect instanceof Effect.AnswerChange answer) {
            BiConsumer<Errors, String> waiting = changes.remove(answer.ticket());
            if (waiting != null) {
                waiting.accept(answer.error(), answer.message() == null ? "" : answer.message());
            }
        } else if (effect instanceof Effect.WriteSnapshotChunk chunk) {
            snapshots.download(chunk);
            feed(new Event.LogChanged(log.durableEndOffset()));
        }
    }

    private void appendFetched(Effect.AppendFetched fetched) {
        log.appendAsFollower(((RecordsBlock) fetched.records()).records(), core.epoch());
        if (config.controller()) {
            log.flush(); // a voter's next fetch says that it has these records; an observer's says nothing
        }
        feed(new Event.LogChanged(log.durableEndOffset()));
    }

    private void openEpoch(Effect.AppendLeaderChange change) {
        log.startEpoch(change.epoch());
        log.appendAsLeader(
                RecordBatches.leaderChange(
                        log.endOffset(),
                        change.epoch(),
                        clock.wallMs(),
                        config.nodeId(),
                        change.voterIds(),
                        change.grantingIds(),
                        log.kraftVersion(),
                        change.voters()),
                change.epoch());
        appends.open(config.nodeId(), change.epoch(), log.endOffset());
        log.flush();
        feed(new Event.LogChanged(log.durableEndOffset()));
    }

    private void leaderChanged(LeaderAndEpoch leader) {
        LOG.info(
                "Metadata quorum: node {} sees leader {} in epoch {}",
                config.nodeId(),
                leader.leaderId().isPresent() ? leader.leaderId().getAsInt() : "none",
                leader.epoch());
        if (!leader.isLeader(config.nodeId())) {
            appends.close(leader);
        }
        inbound.wakeAll();
    }
}
