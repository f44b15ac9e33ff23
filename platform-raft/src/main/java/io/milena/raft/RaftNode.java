package io.milena.raft;

import io.milena.raft.core.Event;
import io.milena.raft.core.HostPort;
import io.milena.raft.core.LeaderAndEpoch;
import io.milena.raft.core.QuorumDescription;
import io.milena.raft.core.RaftCore;
import io.milena.raft.core.ReplicaKey;
import io.milena.raft.core.Request;
import io.milena.raft.core.Response;
import io.milena.raft.core.VoterChange;
import io.milena.raft.core.VoterSet;
import io.milena.raft.rpc.RaftApi;
import io.milena.raft.rpc.RaftRpc;
import io.milena.records.OffsetAndEpoch;
import io.milena.records.VersionedRecord;
import io.milena.wire.ApiHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One member of the metadata quorum, voter or observer: owns {@code __cluster_metadata-0}, takes part in KRaft and feeds listeners with what
 * is committed. All public methods are thread-safe and none blocks, except {@link #open}, {@link #close()} and {@link #halt()}.
 *
 * <p>The raft thread takes tasks in, gives them and the time to the core through {@link EffectPerformer}, and brings the listeners forward.
 * Who has a thread already, such as a simulation, calls {@link #begin} and {@link #poll} instead of {@link #start()}.
 */
public final class RaftNode implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RaftNode.class);

    private static final long CHANGE_TIMEOUT_MS = 5_000;
    private static final long CLOSE_MS = 10_000;
    private static final int TASKS_PER_POLL = 1_000;
    private static final long CLEAN_PERIOD_MS = 60_000;

    private final RaftNodeConfig config;
    private final RaftLog log;
    private final RaftTransport transport;
    private final RaftClock clock;
    private final EffectPerformer performer;
    private final Thread thread;
    private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    private final AtomicBoolean wakeUp = new AtomicBoolean();
    private volatile Map<String, HostPort> endpoints;
    private volatile RaftView view;

    // of the raft thread
    private final List<ListenerFeed> listeners = new ArrayList<>();
    private long nextCleanMs;
    private boolean stopping;
    private boolean closed;

    private RaftNode(RaftNodeConfig config, RaftLog log, EffectPerformer.World world) {
        this.config = config;
        this.log = log;
        this.transport = world.transport();
        this.clock = world.clock();
        this.endpoints = config.advertisedEndpoints();
        this.view = new RaftView(LeaderAndEpoch.UNKNOWN, Optional.empty(), 0, log.endOffset(), "Unattached");
        this.performer = new EffectPerformer(config, log, world, context(), tasks::add);
        this.thread = new Thread(this::run, "raft-" + config.nodeId());
        this.thread.setDaemon(true);
    }

    /**
     * Opens the log and the quorum state and recovers them (a torn tail is cut). Nothing is sent or answered before {@link #start()}.
     *
     * @param transport how other nodes are reached; not closed with the node
     * @throws java.io.UncheckedIOException if the directory cannot be read or written
     */
    public static RaftNode open(RaftNodeConfig config, RaftTransport transport) {
        return open(config, transport, RaftClock.system(), new Random());
    }

    /**
     * As {@link #open(RaftNodeConfig, RaftTransport)}, with another time than the machine's.
     *
     * @param random source of election jitter
     */
    public static RaftNode open(
            RaftNodeConfig config, RaftTransport transport, RaftClock clock, RandomGenerator random) {
        VoterSet configured = VoterSet.ofStatic(config.staticVoters(), config.controllerListener());
        RaftLog log = PartitionRaftLog.open(config, configured, clock);
        return new RaftNode(config, log, new EffectPerformer.World(transport, clock, random));
    }

    /** Starts the raft thread. A lone voter leads within milliseconds. */
    public void start() {
        thread.start();
    }

    /**
     * As {@link #start()}, with this node's controller listeners as they were really bound: for ports that the configuration leaves
     * to the system (0). {@link #handlers()} may be registered before.
     */
    public void start(Map<String, HostPort> boundEndpoints) {
        endpoints = Map.copyOf(boundEndpoints);
        performer.advertise(endpoints);
        thread.start();
    }

    /** Adds a listener: it gets the newest snapshot, then every committed batch after it. May be called before or after start. */
    public void register(RaftListener listener) {
        enqueue(() -> listeners.add(new ListenerFeed(listener, config.nodeId())));
    }

    /** Removes a listener; a call that is under way ends. */
    public void unregister(RaftListener listener) {
        enqueue(() -> listeners.removeIf(feed -> feed.listener().equals(listener)));
    }

    /**
     * Appends {@code records} as one batch, atomically, if this node leads in {@code epoch}. The future gives the offset of the last
     * record as soon as it is in the leader's log and fsynced; commit is seen through the listener.
     * Fails with {@link NotLeaderException}, or with {@link org.apache.kafka.common.errors.RecordBatchTooLargeException}.
     */
    public CompletableFuture<Long> append(int epoch, List<VersionedRecord> records) {
        CompletableFuture<Long> written = new CompletableFuture<>();
        try {
            append(epoch, records, written);
        } catch (RuntimeException refused) {
            written.completeExceptionally(refused);
        }
        return written;
    }

    /**
     * As {@link #append}, but says at once which offset the last record gets, so that the caller can go on without waiting for the
     * disk. If leadership is lost before the batch is written, the offset is void: {@link RaftListener#onLeaderChange} says so.
     *
     * @throws NotLeaderException if this node does not lead in {@code epoch}
     * @throws org.apache.kafka.common.errors.RecordBatchTooLargeException if the batch cannot be atomic
     */
    public long scheduleAppend(int epoch, List<VersionedRecord> records) {
        return append(epoch, records, null);
    }

    /** The leader this node knows of; may lag behind. */
    public LeaderAndEpoch leaderAndEpoch() {
        return view.leader();
    }

    /** Id and address of the leader's controller listener, if both are known. */
    public Optional<Node> leaderNode() {
        RaftView now = view;
        Optional<HostPort> address = now.leaderAddress();
        if (now.leader().leaderId().isEmpty() || address.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Node(
                now.leader().leaderId().getAsInt(),
                address.get().host(),
                address.get().port()));
    }

    /** First offset not known to be committed; -1 before anything is known. */
    public long highWatermark() {
        return view.highWatermark();
    }

    /** Offset the next appended record will have. */
    public long logEndOffset() {
        return view.logEndOffset();
    }

    /** The voters in force on this node: the newest set in its log or snapshot, committed or not, or the configured one. */
    public VoterSet voters() {
        return log.history().voters();
    }

    /** The role's name (Leader, Follower, …), for logs and metrics. */
    public String roleName() {
        return view.role();
    }

    /**
     * Starts a snapshot of everything below {@code end}, which must be committed and at a batch boundary.
     *
     * @param end end offset (exclusive) and the epoch of the last record below it
     * @param lastContainedLogTimeMs append time of that record's batch
     * @return empty when a snapshot at or after {@code end} exists already
     */
    public Optional<SnapshotWriter> createSnapshot(OffsetAndEpoch end, long lastContainedLogTimeMs) {
        return performer
                .snapshots()
                .create(end, lastContainedLogTimeMs, highWatermark(), () -> enqueue(() -> log.clean(clock.nowMs())));
    }

    /** Id of the newest complete snapshot. */
    public Optional<OffsetAndEpoch> latestSnapshotId() {
        return log.latestSnapshotId();
    }

    /** What DescribeQuorum says about the metadata partition; fails with {@link NotLeaderException} on others than the leader. */
    public CompletableFuture<DescribeQuorumResponseData.PartitionData> describe() {
        CompletableFuture<DescribeQuorumResponseData.PartitionData> described = new CompletableFuture<>();
        enqueue(() -> describeNow()
                .ifPresentOrElse(
                        quorum -> described.complete(DescribeQuorumHandler.partition(quorum, (short) 2)),
                        () -> described.completeExceptionally(
                                new NotLeaderException("Only the leader describes the quorum", leaderAndEpoch()))));
        return described;
    }

    /** The newest {@code kraft.version} in this node's log: 0 for static voters, 1 for dynamic ones. */
    public short kraftVersion() {
        return log.history().kraftVersion();
    }

    /**
     * Raises {@code kraft.version} (KIP-853): the static voters become dynamic.
     *
     * @param validateOnly only say whether it would be possible
     * @return NONE when that is committed, else why not
     */
    public CompletableFuture<ApiError> upgradeKraftVersion(short level, boolean validateOnly) {
        CompletableFuture<ApiError> outcome = new CompletableFuture<>();
        enqueue(() -> change(
                new VoterChange.Upgrade(level, validateOnly),
                CHANGE_TIMEOUT_MS,
                (error, message) -> outcome.complete(new ApiError(error, message))));
        return outcome;
    }

    /** The APIs a controller's listener serves for the quorum. */
    public List<ApiHandler<?>> handlers() {
        RaftRpc.Context context = context();
        List<ApiHandler<?>> handlers = new ArrayList<>();
        for (RaftApi api : RaftApi.SERVED_BY_THE_CORE) {
            handlers.add(new RaftHandler<>(api.rpc(), context, this));
        }
        handlers.add(new DescribeQuorumHandler(this));
        handlers.addAll(RaftVoterHandlers.all(this, context));
        return handlers;
    }

    private RaftRpc.Context context() {
        return new RaftRpc.Context(config.clusterId(), config.controllerListener(), () -> endpoints);
    }

    /** Gives up leadership of {@code epoch}, if held, and tells the others so (EndQuorumEpoch). */
    public void resign(int epoch) {
        enqueue(() -> performer.feed(new Event.ResignRequested(epoch)));
    }

    /** Gives up leadership, if held and another voter could take it: to be done while the others can still reach this node. */
    public void handOver() {
        enqueue(this::resignForAnother);
    }

    /** Resigns if leading, fails what is pending, flushes and closes the log. */
    @Override
    public void close() {
        end(() -> {
            resignForAnother();
            stopping = true;
        });
    }

    /** Closes the log without a word to the others, as the end of the process would. */
    public void halt() {
        end(() -> stopping = true);
    }

    private void end(Runnable stop) {
        enqueue(stop);
        if (thread.getState() == Thread.State.NEW) {
            thread.start(); // never started: lets it close the log
        }
        try {
            thread.join(CLOSE_MS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Resigns, unless it would only elect itself again. */
    private void resignForAnother() {
        if (log.voters().size() > 1) {
            performer.feed(new Event.ResignRequested(performer.core().epoch()));
        }
    }

    // ---- for the handlers

    void enqueue(Runnable task) {
        tasks.add(task);
    }

    boolean isLeader() {
        return view.leader().isLeader(config.nodeId());
    }

    RaftView view() {
        return view;
    }

    RaftTransport transport() {
        return transport;
    }

    /** On the raft thread: a request of another node; {@code answer} is called there, now or later. */
    void receive(Request request, Consumer<Response> answer) {
        performer.receive(request, answer);
    }

    /** On the raft thread: a change of the voters; {@code answer} is called there, now or when it is committed. */
    void change(VoterChange change, long timeoutMs, BiConsumer<Errors, String> answer) {
        performer.change(change, timeoutMs, answer);
    }

    /** On the raft thread: whether that replica follows this leader, and has caught up with it once. */
    boolean couldBecomeVoter(ReplicaKey key) {
        return describeNow().stream()
                .flatMap(quorum -> quorum.observers().stream())
                .anyMatch(observer -> observer.key().equals(key) && observer.lastCaughtUpMs() > 0);
    }

    /** On the raft thread: the quorum as its leader sees it; empty on others. */
    Optional<QuorumDescription> describeNow() {
        return performer.core().describe(clock.nowMs());
    }

    /** @return offset of the last record; {@code written} is completed with it once it is durable here */
    private long append(int epoch, List<VersionedRecord> records, @Nullable CompletableFuture<Long> written) {
        long lastOffset = performer.appends().add(epoch, records, written);
        if (wakeUp.compareAndSet(false, true)) {
            enqueue(() -> wakeUp.set(false));
        }
        return lastOffset;
    }

    // ---- the raft thread

    /**
     * The first step, instead of {@link #start()}: takes up the election state from the disk. A fault that stops the node is thrown, after
     * {@link RaftNodeConfig#onFatalFault()} was told; so it is by {@link #poll}. All calls come from one thread.
     */
    public void begin() {
        guarded(() -> {
            nextCleanMs = clock.nowMs() + CLEAN_PERIOD_MS;
            performer.start();
            publish();
        });
    }

    /** Does what other threads asked for, and what is due by now. */
    public void poll() {
        guarded(() -> work(tasks.poll()));
    }

    /** When {@link #poll} is due though nobody asked for anything, on the node's {@link RaftClock#nowMs()}. */
    public long nextDeadlineMs() {
        return Math.min(nextCleanMs, performer.nextDeadlineMs());
    }

    /** Whether somebody asked for something since the last {@link #poll}. */
    public boolean hasTasks() {
        return !tasks.isEmpty();
    }

    private void run() {
        try {
            begin();
            while (!stopping) {
                long waitMs = Math.max(0, nextDeadlineMs() - clock.nowMs());
                Runnable first = tasks.poll(waitMs, TimeUnit.MILLISECONDS);
                guarded(() -> work(first));
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            LOG.info("Raft thread of node {} was interrupted", config.nodeId());
        } catch (Throwable told) {
            LOG.debug("Raft thread of node {} ends", config.nodeId(), told);
        } finally {
            shutDown();
        }
    }

    /** After a fault nothing can be trusted any more: the node stops, so that it says nothing wrong. */
    private void guarded(Runnable work) {
        try {
            work.run();
        } catch (Throwable fault) {
            LOG.error("Node {} stops taking part in the metadata quorum: {}", config.nodeId(), fault, fault);
            shutDown();
            config.onFatalFault().accept(fault);
            throw fault;
        }
    }

    private void shutDown() {
        stopping = true;
        if (!closed) {
            closed = true;
            performer.close();
            log.close();
        }
    }

    /** @param first the task that ended the wait, if one did */
    private void work(@Nullable Runnable first) {
        Runnable task = first;
        for (int done = 0; task != null && done < TASKS_PER_POLL; done++) {
            task.run();
            task = done + 1 < TASKS_PER_POLL ? tasks.poll() : null;
        }
        performer.writeAppends();
        long nowMs = clock.nowMs();
        performer.tick(nowMs);
        if (nowMs >= nextCleanMs) {
            nextCleanMs = nowMs + CLEAN_PERIOD_MS;
            log.clean(nowMs);
        }
        publish();
    }

    /** What follows the core's decisions: listeners, and what other threads see. */
    private void publish() {
        RaftCore core = performer.core();
        LeaderAndEpoch leader = new LeaderAndEpoch(core.leader(), core.epoch());
        if (!core.roleName().equals(view.role())) {
            LOG.info("Metadata quorum: node {} is now {} in epoch {}", config.nodeId(), core.roleName(), core.epoch());
        }
        view = new RaftView(leader, core.leaderAddress(), core.highWatermark(), log.endOffset(), core.roleName());
        for (ListenerFeed feed : listeners) {
            feed.advance(log, core.highWatermark(), leader, core.epochStartOffset());
        }
    }
}
