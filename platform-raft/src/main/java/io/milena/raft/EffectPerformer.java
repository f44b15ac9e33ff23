package io.milena.raft;

import io.milena.raft.core.CoreConfig;
import io.milena.raft.core.Effect;
import io.milena.raft.core.EffectHandler;
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
 * Gives the core one event at a time and performs its effects in order, so that nothing is said before it is durable. Raft thread
 * only; a fault of the disk is thrown and stops the node.
 */
final class EffectPerformer implements EffectHandler {
    private static final Logger LOG = LoggerFactory.getLogger(EffectPerformer.class);

    private final RaftNodeConfig config;
    private final RaftLog log;
    private final QuorumStateFile quorumState;
    private final World world;
    private final Consumer<Runnable> raftThread;
    private final AppendBuffer appends;
    private final SnapshotService snapshots;
    private final InboundRequests inbound;
    private final OutboundRequests outbound;
    private final WarningLimit warnings;
    private final Deque<Event> events = new ArrayDeque<>();
    private final Map<Long, BiConsumer<Errors, String>> changes = new HashMap<>();
    private RaftCore core;
    private long nextChange;
    private boolean performing;

    /** What lies outside a node besides its disk. */
    record World(RaftTransport transport, RaftClock clock, RandomGenerator random) {}

    /**
     * @param context names this node's listeners as they are bound by then
     * @param raftThread runs a task in one of the next turns
     */
    EffectPerformer(
            RaftNodeConfig config, RaftLog log, World world, RaftRpc.Context context, Consumer<Runnable> raftThread) {
        this.config = config;
        this.log = log;
        this.world = world;
        this.raftThread = raftThread;
        this.quorumState = new QuorumStateFile(log.snapshots().path());
        this.appends = new AppendBuffer(config.maxBatchBytes(), world.clock());
        this.snapshots = new SnapshotService(log, world.clock());
        this.warnings = new WarningLimit(world.clock(), config.onWarning());
        this.inbound = new InboundRequests(log, config.maxBatchBytes(), this::feed);
        this.outbound = new OutboundRequests(
                context,
                world.transport(),
                config.requestTimeoutMs(),
                event -> raftThread.accept(() -> feed(event)),
                (key, text) -> raftThread.accept(() -> warnings.warn(key, text)));
        this.core = core(context.leaderEndpoints());
    }

    /** Before the first step: this node's listeners as they were really bound. */
    void advertise(Map<String, HostPort> endpoints) {
        log.history().relocate(config.nodeId(), endpoints);
        core = core(endpoints);
    }

    private RaftCore core(Map<String, HostPort> endpoints) {
        ReplicaKey local = new ReplicaKey(config.nodeId(), config.directoryId());
        CoreConfig coreConfig = new CoreConfig(
                new CoreConfig.Self(local, config.controller(), config.controllerListener(), endpoints),
                config.bootstrapServers(),
                new CoreConfig.Election(
                        config.electionTimeoutMs(), config.electionBackoffMaxMs(), config.leaderLossGraceMs()),
                new CoreConfig.Fetching(
                        config.fetchTimeoutMs(),
                        new Request.Fetch.Limits(config.fetchMaxWaitMs(), config.fetchMaxBytes()),
                        config.fetchSnapshotMaxBytes()),
                new CoreConfig.Requests(config.requestTimeoutMs(), config.retryBackoffMs()));
        return new RaftCore(coreConfig, log, world.random());
    }

    RaftCore core() {
        return core;
    }

    AppendBuffer appends() {
        return appends;
    }

    SnapshotService snapshots() {
        return snapshots;
    }

    // ---- events

    /** The first step: takes up the election state from the disk. */
    void start() {
        performing = true;
        perform(core.start(quorumState.read(), world.clock().nowMs()));
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
            perform(core.step(event, world.clock().nowMs()));
        }
        performing = false;
    }

    private void perform(List<Effect> effects) {
        for (Effect effect : effects) {
            effect.on(this);
        }
    }

    // ---- effects: network

    @Override
    public void send(Effect.Send effect) {
        outbound.send(effect.to(), effect.request());
    }

    @Override
    public void connect(Effect.Prepare effect) {
        world.transport().prepare(effect.to().address());
    }

    @Override
    public void reply(Effect.Reply effect) {
        inbound.answerOrHold(effect.ticket(), effect.response(), world.clock().nowMs());
    }

    @Override
    public void serveFetch(Effect.ServeFetch effect) {
        inbound.serve(effect, world.clock().nowMs());
    }

    @Override
    public void serveSnapshot(Effect.ServeSnapshot effect) {
        inbound.answer(effect.ticket(), snapshots.serve(effect));
    }

    // ---- effects: disk

    @Override
    public void persist(Effect.Persist effect) {
        quorumState.write(effect.state(), log.kraftVersion(), log.voters().ids());
    }

    @Override
    public void appendFetched(Effect.AppendFetched effect) {
        try {
            log.appendAsFollower(((RecordsBlock) effect.records()).records(), core.epoch());
        } catch (RejectedFromLeaderException rejected) {
            feed(new Event.FetchedRejected(rejected.why()));
            return;
        }
        if (config.controller()) {
            log.flush(); // a voter's next fetch says that it has these records; an observer's says nothing
        }
        logChanged();
    }

    @Override
    public void truncate(Effect.Truncate effect) {
        LOG.info("Truncating the metadata log from {} to {}", log.endOffset(), effect.offset());
        log.truncateTo(effect.offset());
        log.flush();
        logChanged();
    }

    @Override
    public void writeSnapshotChunk(Effect.WriteSnapshotChunk effect) {
        try {
            snapshots.download(effect);
        } catch (RejectedFromLeaderException rejected) {
            feed(new Event.FetchedRejected(rejected.why()));
            return;
        }
        logChanged();
    }

    @Override
    public void commit(Effect.Commit effect) {
        log.updateHighWatermark(effect.highWatermark());
        inbound.wake(core.highWatermark());
    }

    @Override
    public void appendLeaderChange(Effect.AppendLeaderChange effect) {
        log.startEpoch(effect.epoch());
        log.appendAsLeader(
                RecordBatches.leaderChange(
                        log.endOffset(), world.clock().wallMs(), config.nodeId(), effect, log.kraftVersion()),
                effect.epoch());
        appends.open(config.nodeId(), effect.epoch(), log.endOffset());
        log.flush();
        logChanged();
    }

    @Override
    public void appendVoters(Effect.AppendVoters effect) {
        LOG.info("Metadata quorum: the voters become {}", effect.voters().ids());
        appendControl(
                effect.epoch(),
                RecordBatches.voters(effect.epoch(), world.clock().wallMs(), effect.voters()),
                1);
    }

    @Override
    public void appendKraftVersion(Effect.AppendKraftVersion effect) {
        LOG.info("Metadata quorum: kraft.version becomes {}, the voters {}", effect.kraftVersion(), effect.voters());
        MemoryRecords batch = RecordBatches.kraftVersion(
                effect.epoch(), world.clock().wallMs(), effect.kraftVersion(), effect.voters());
        appendControl(effect.epoch(), batch, 2);
    }

    private void appendControl(int epoch, MemoryRecords batch, int records) {
        appends.addControl(epoch, batch, records);
        raftThread.accept(() -> {}); // written with this turn or the next
    }

    private void logChanged() {
        feed(new Event.LogChanged(log.durableEndOffset()));
    }

    // ---- effects: who waits

    @Override
    public void leaderChanged(Effect.LeaderChanged effect) {
        LeaderAndEpoch leader = effect.leader();
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

    @Override
    public void answerChange(Effect.AnswerChange effect) {
        BiConsumer<Errors, String> waiting = changes.remove(effect.ticket());
        if (waiting != null) {
            waiting.accept(effect.error(), effect.message() == null ? "" : effect.message());
        }
    }

    @Override
    public void complain(Effect.Complain effect) {
        warnings.warn(
                List.of(effect.problem(), effect.peerId()),
                "Metadata quorum: node " + effect.peerId() + ' ' + effect.problem() + " (" + effect.details()
                        + "); this is ignored");
    }
}
