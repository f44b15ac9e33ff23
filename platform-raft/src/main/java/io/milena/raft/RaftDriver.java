package io.milena.raft;

import io.milena.raft.core.Event;
import io.milena.raft.core.HostPort;
import io.milena.raft.core.LeaderAndEpoch;
import io.milena.raft.core.QuorumDescription;
import io.milena.raft.core.RaftCore;
import io.milena.raft.core.Request;
import io.milena.raft.core.Response;
import io.milena.raft.core.VoterChange;
import io.milena.raft.storage.QuorumStateFile;
import io.milena.records.VersionedRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The raft thread: takes tasks in, gives them and the time to the core through {@link RaftHands}, and feeds the listeners.
 * Everything here but {@link #enqueue}, {@link #append} and the volatile views runs on that one thread.
 */
final class RaftDriver implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(RaftDriver.class);
    private static final int TASKS_PER_TURN = 1_000;
    private static final long CLEAN_PERIOD_MS = 60_000;

    private final RaftNodeConfig config;
    private final RaftLog log;
    private final RaftTransport transport;
    private final AppendBuffer appends;
    private final SnapshotService snapshots;
    private final RaftClock clock;
    private final RaftHands hands;
    private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    private final AtomicBoolean wakeUp = new AtomicBoolean();
    private final List<ListenerFeed> listeners = new ArrayList<>();
    private long nextCleanMs;
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
        this.log = log;
        this.transport = transport;
        this.appends = new AppendBuffer(config.maxBatchBytes(), clock);
        this.snapshots = new SnapshotService(log, clock);
        this.hands =
                new RaftHands(config, log, quorumState, transport, appends, snapshots, clock, random, this::enqueue);
        this.view = new RaftView(LeaderAndEpoch.UNKNOWN, Optional.empty(), 0, log.endOffset(), "Unattached");
    }

    /** Before the thread starts: this node's listeners as they were really bound. */
    void advertise(Map<String, HostPort> endpoints) {
        hands.advertise(endpoints);
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
        hands.start();
        pump();
    }

    private void shutDown() {
        stopping = true;
        if (closed) {
            return;
        }
        closed = true;
        hands.close();
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
        hands.writeAppends();
        long nowMs = clock.nowMs();
        hands.tick(nowMs);
        if (nowMs >= nextCleanMs) {
            nextCleanMs = nowMs + CLEAN_PERIOD_MS;
            log.clean(nowMs);
        }
        pump();
    }

    long nextDeadlineMs() {
        return Math.min(nextCleanMs, hands.nextDeadlineMs());
    }

    /** What is to follow the core's decisions: listeners, and what other threads see. */
    private void pump() {
        RaftCore core = hands.core();
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
        return hands.core().describe(clock.nowMs());
    }

    /** A request of another node; {@code answer} is called on this thread, now or later. */
    void receive(Request request, Consumer<Response> answer) {
        hands.receive(request, answer);
    }

    /** A change of the voters; {@code answer} is called on this thread, now or when it is committed. */
    void change(VoterChange change, long timeoutMs, BiConsumer<Errors, String> answer) {
        hands.change(change, timeoutMs, answer);
    }

    void resign(int epoch) {
        hands.feed(new Event.ResignRequested(epoch));
    }

    /** Resigns, unless it would only elect itself again. */
    void handOver() {
        if (log.voters().size() > 1) {
            resign(hands.core().epoch());
        }
    }

    void stop() {
        handOver();
        halt();
    }

    void halt() {
        stopping = true;
    }

    RaftTransport transport() {
        return transport;
    }
}
