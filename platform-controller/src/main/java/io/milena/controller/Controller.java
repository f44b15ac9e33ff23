package io.milena.controller;

import io.milena.controller.api.ControllerApis;
import io.milena.controller.core.BrokerState;
import io.milena.controller.core.ClusterState;
import io.milena.raft.core.LeaderAndEpoch;
import io.milena.wire.ApiHandler;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The controller of a KRaft cluster on its one thread. Standby controllers follow the metadata log; the active one decides.
 * All public methods are thread-safe and none blocks, except {@link #close()}.
 */
public final class Controller implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Controller.class);
    private static final long CLOSE_TIMEOUT_MS = 10_000;

    private final ControllerConfig config;
    private final LinkedBlockingQueue<Runnable> events = new LinkedBlockingQueue<>();
    private final ControllerEngine engine;
    private final Thread thread;
    private final AtomicBoolean closing = new AtomicBoolean();
    private volatile boolean active;
    private volatile LeaderAndEpoch leader = LeaderAndEpoch.UNKNOWN;

    public Controller(ControllerConfig config, MetadataLogWriter log) {
        this.config = config;
        this.engine = new ControllerEngine(config, log, events::add);
        this.thread = new Thread(this::loop, "controller-" + config.nodeId());
        this.thread.setDaemon(true);
    }

    /** Starts the thread and begins to follow the log. */
    public void start() {
        thread.start();
        events.add(engine::start);
    }

    /** Whether this node decides now; may lag behind by what is queued. */
    public boolean isActive() {
        return active;
    }

    /** The quorum's leader as the controller's thread last saw it. */
    public LeaderAndEpoch leader() {
        return leader;
    }

    public ControllerConfig config() {
        return config;
    }

    /** Handlers of all APIs this controller answers, to be registered on the controller listener beside Raft's. */
    public List<ApiHandler<?>> handlers() {
        return ControllerApis.of(this);
    }

    /** Queues an operation; it fails with NOT_CONTROLLER if this node does not decide when its turn comes. */
    public <R> void submit(Operation<R> operation) {
        if (closing.get()) {
            operation.fail(engine.notController());
            return;
        }
        events.add(() -> engine.run(operation));
    }

    /**
     * A broker's connection was lost: unless it is heard of again within the grace time, it is fenced.
     *
     * @param epoch the broker epoch that the connection's heartbeats carried
     */
    public void onBrokerConnectionLost(int brokerId, long epoch) {
        events.add(() ->
                engine.sessions().suspect(brokerId, epoch, config.clockMs().getAsLong()));
    }

    /** Figures for metrics; taken on the controller's thread, so it fails or waits with it. */
    public CompletableFuture<ControllerGauges> gauges() {
        return query(state -> {
            int unfenced = 0;
            for (BrokerState broker : state.brokers().all()) {
                unfenced += broker.fenced() ? 0 : 1;
            }
            return new ControllerGauges(
                    active,
                    unfenced,
                    state.brokers().all().size() - unfenced,
                    state.topics().all().size(),
                    state.topics().partitionCount(),
                    state.topics().leaderlessCount(),
                    state.topics().imbalancedCount());
        });
    }

    /** Reads from the speculative state on the controller's thread, for tests and metrics; nothing of it may be kept. */
    public <T> CompletableFuture<T> query(Function<ClusterState, T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        events.add(() -> {
            try {
                answer.complete(question.apply(engine.state()));
            } catch (RuntimeException failed) {
                answer.completeExceptionally(failed);
            }
        });
        return answer;
    }

    private void loop() {
        try {
            long wakeMs = Long.MAX_VALUE;
            while (!closing.get() || !events.isEmpty()) {
                Runnable event = next(wakeMs);
                if (event != null) {
                    event.run();
                }
                // A busy queue must not keep sessions from ending.
                if (event == null || events.isEmpty() || config.clockMs().getAsLong() >= wakeMs) {
                    wakeMs = engine.tick();
                }
                active = engine.active();
                leader = engine.leader();
            }
        } catch (InterruptedException stopped) {
            LOG.info("The controller's thread was interrupted; stopping");
        } catch (RuntimeException | Error fault) {
            active = false;
            LOG.error("The controller broke and stops", fault);
            config.onFatalFault().accept(fault);
        } finally {
            active = false;
        }
    }

    private @Nullable Runnable next(long wakeMs) throws InterruptedException {
        Runnable queued = events.poll();
        if (queued != null) {
            return queued;
        }
        if (wakeMs == Long.MAX_VALUE) {
            return events.take();
        }
        return events.poll(Math.max(0, wakeMs - config.clockMs().getAsLong()), TimeUnit.MILLISECONDS);
    }

    /** Stops the thread; what is queued is answered first, what waits for a commit stays unanswered. */
    @Override
    public void close() {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        events.add(() -> {});
        try {
            thread.join(CLOSE_TIMEOUT_MS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
