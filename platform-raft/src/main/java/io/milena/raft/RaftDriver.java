package io.milena.raft;

import io.milena.raft.core.CoreConfig;
import io.milena.raft.core.Effect;
import io.milena.raft.core.Event;
import io.milena.raft.core.HostPort;
import io.milena.raft.core.LeaderAndEpoch;
import io.milena.raft.core.QuorumDescription;
import io.milena.raft.core.RaftCore;
import io.milena.raft.core.ReplicaKey;
import io.milena.raft.core.Request;
import io.milena.raft.core.Response;
import io.milena.raft.core.VoterChange;
import io.milena.raft.rpc.RaftRpc;
import io.milena.raft.rpc.RecordsBlock;
import io.milena.raft.storage.QuorumStateFile;
import io.milena.raft.storage.RecordBatches;
import io.milena.records.VersionedRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The raft thread: takes tasks in, lets the core decide, performs its effects in order (so that nothing is said before it is
 * durable), and feeds the listeners. Everything here but {@link #enqueue} and the volatile views runs on that one thread.
 */
final class RaftDriver implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(RaftDriver.class);
    private static final int TASKS_PER_TURN = 1_000;
    private static final long CLEAN_PERIOD_MS = 60_000;

    private final RaftNodeConfig config;
    private final RaftLog log;
    private final QuorumStateFile quorumState;
    private final RaftTransport transport;
    private volatile RaftCore core;
    private volatile OutboundRequests outbound;
    private final AppendBuffer appends;
    private final SnapshotService snapshots;
    private final RaftClock clock;
    private final RandomGenerator random;
    private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    private final Deque<Event> events = new ArrayDeque<>();
    private final InboundRequests inbound;
    private final Map<Long, BiConsumer<Errors, String>> changes = new HashMap<>();
    private final AtomicBoolean wakeUp = new AtomicBoolean();
    private final List<ListenerFeed> listeners = new ArrayList<>();
    private long nextChange;
    private long nextCleanMs;
    private boolean performing;
    private boolean stopping;
    private boolean closed;
    private volatile RaftView view;

    RaftDriver(
            RaftNodeConfig config,
            RaftLog log,
            QuorumStateFile quorumState,
            RaftTransport transport,
            RaftClock clock,
            RandomGenerator random) {
        this.config = config;
        this.clock = clock;
        this.random = random;
        this.log = log;
        this.quorumState = quorumState;
        this.transport = transport;
        this.core = new RaftCore(coreConfig(config, config.advertisedEndpoints()), log, random);
        this.outbound = outbound(config.advertisedEndpoints());
        this.appends = new AppendBuffer(config.maxBatchBytes(), clock);
        this.snapshots = new SnapshotService(log, clock);
        this.inbound = new InboundRequests(log, config.fetchMaxBytes(), this::feed);
        this.view = new RaftView(LeaderAndEpoch.UNKNOWN, Optional.empty(), 0, log.endOffset(), "Unattached");
    }

    /** Before the thread starts: this node's listeners as they were really bound. */
    void advertise(Map<String, HostPort> endpoints) {
        log.history().relocate(config.nodeId(), endpoints);
        core = new RaftCore(coreConfig(config, endpoints), log, random);
        outbound = outbound(endpoints);
    }

    private OutboundRequests outbound(Map<String, HostPort> endpoints) {
        RaftRpc.Context context = new RaftRpc.Context(config.clusterId(), config.controllerListener(), endpoints);
        return new OutboundRequests(context, transport, config.requestTimeoutMs(), event -> enqueue(() -> feed(event)));
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

    // ---- from other threads

    void enqueue(Runnable task) {
        tasks.add(task);
    }

    boolean isLeader() {
        return view.leader().isLeader(config.nodeId());
    }

    RaftView view() {
        return view;
    }

    /** @return offset of the last record; {@code written} is completed with it once it is durable here */
    long append(int epoch, List<VersionedRecord> records, @Nullable CompletableFuture<Long> written) {
        long lastOffset = appends.add(epoch, records, written);
        if (wakeUp.compareAndSet(false, true)) {
            enqueue(() -> wakeUp.set(false));
        }
        return lastOffset;
    }

    SnapshotService snapshots() {
        return snapshots;
    }

    RaftLog log() {
        return log;
    }

    // ---- the thread

    @Override
    public void run() {
        try {
            begin();
            while (!stopping) {
                long waitMs = Math.max(0, nextDeadlineMs() - clock.nowMs());
                turn(tasks.poll(waitMs, TimeUnit.MILLISECONDS));
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            LOG.info("Raft thread of node {} was interrupted", config.nodeId());
        } catch (Throwable fault) {
            stopOn(fault);
        } finally {
            shutDown();
        }
    }

    /** Nothing can be trusted any more: the node stops, so that it says nothing wrong. */
    void stopOn(Throwable fault) {
        LOG.error("Node {} stops taking part in the metadata quorum: {}", config.nodeId(), fault, fault);
        shutDown();
        config.onFatalFault().accept(fault);
    }

    void begin() {
        nextCleanMs = clock.nowMs() + CLEAN_PERIOD_MS;
        performing = true;
        perform(core.start(quorumState.read(), clock.nowMs()));
        drainEvents();
        pump();
    }

    private void shutDown() {
        stopping = true;
        if (closed) {
            return;
        }
        closed = true;
        appends.close(new LeaderAndEpoch(OptionalInt.empty(), core.epoch()));
        inbound.forgetAll();
        snapshots.abortDownload();
        log.close();
    }

    void turn() {
        turn(tasks.poll());
    }

    boolean hasTasks() {
        return !tasks.isEmpty();
    }

    /** @param first the task that ended the wait, if one did */
    private void turn(@Nullable Runnable first) {
        Runnable task = first;
        for (int done = 0; task != null && done < TASKS_PER_TURN; done++) {
            task.run();
            task = done + 1 < TASKS_PER_TURN ? tasks.poll() : null;
        }
        writeAppends();
        long nowMs = clock.nowMs();
        if (nowMs >= core.nextDeadlineMs()) {
            feed(new Event.Tick());
        }
        inbound.expire(nowMs);
        if (nowMs >= nextCleanMs) {
            nextCleanMs = nowMs + CLEAN_PERIOD_MS;
            log.clean(nowMs);
        }
        pump();
    }

    long nextDeadlineMs() {
        return Math.min(nextCleanMs, Math.min(core.nextDeadlineMs(), inbound.nextDeadlineMs()));
    }

    /** Everything left in the buffer: one write, one fsync. Followers may fetch it while the disk still works (Raft thesis 10.2.1). */
    private void writeAppends() {
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

    /** What is to follow the core's decisions: listeners, and what other threads see. */
    private void pump() {
        LeaderAndEpoch leader = new LeaderAndEpoch(core.leader(), core.epoch());
        if (!core.roleName().equals(view.role())) {
            LOG.info("Metadata quorum: node {} is now {} in epoch {}", config.nodeId(), core.roleName(), core.epoch());
        }
        view = new RaftView(leader, core.leaderAddress(), core.highWatermark(), log.endOffset(), core.roleName());
        for (ListenerFeed feed : listeners) {
            feed.advance(log, core.highWatermark(), leader, core.epochStartOffset());
        }
    }

    void addListener(RaftListener listener) {
        listeners.add(new ListenerFeed(listener, config.nodeId()));
    }

    void removeListener(RaftListener listener) {
        listeners.removeIf(feed -> feed.listener().equals(listener));
    }

    void clean() {
        log.clean(clock.nowMs());
    }

    Optional<QuorumDescription> describe() {
        return core.describe(clock.nowMs());
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

    void resign(int epoch) {
        feed(new Event.ResignRequested(epoch));
    }

    /** Resigns, unless it would only elect itself again. */
    void handOver() {
        if (log.voters().size() > 1) {
            resign(core.epoch());
        }
    }

    void stop() {
        handOver();
        halt();
    }

    void halt() {
        stopping = true;
    }

    // ---- effects

    RaftTransport transport() {
        return transport;
    }

    /** Gives the core an event now, or after the effects that are being performed. */
    private void feed(Event event) {
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
            enqueue(() -> {}); // written with this turn or the next
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
            enqueue(() -> {}); // written with this turn or the next
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
