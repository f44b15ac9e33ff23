package io.milena.controller;

import io.milena.controller.core.BrokerState;
import io.milena.controller.core.ClusterState;
import io.milena.raft.core.LeaderAndEpoch;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The controller of a KRaft cluster on its one loop, in a node a thread. Standby controllers follow the metadata log; the active
 * one decides. All public methods are thread-safe and none blocks, except {@link #close()}.
 */
public final class Controller implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Controller.class);

    private final ControllerConfig config;
    private final ControllerEngine engine;
    private final ControllerLoop loop;
    private final AtomicBoolean closing = new AtomicBoolean();
    private volatile boolean active;
    private volatile LeaderAndEpoch leader = LeaderAndEpoch.UNKNOWN;

    /** @param probe looks after brokers that have fallen silent */
    public Controller(ControllerConfig config, MetadataLogWriter log, BrokerProbe probe) {
        this(config, log, probe, new ControllerThread("controller-" + config.nodeId(), config.clockMs()));
    }

    /** On another loop than a thread of its own, the simulator's, and without looking after silent brokers. */
    public Controller(ControllerConfig config, MetadataLogWriter log, ControllerLoop loop) {
        this(config, log, broker -> CompletableFuture.completedFuture(false), loop);
    }

    /** On another loop than a thread of its own: the simulator's. */
    public Controller(ControllerConfig config, MetadataLogWriter log, BrokerProbe probe, ControllerLoop loop) {
        this.config = config;
        this.loop = loop;
        this.engine = new ControllerEngine(config, log, loop::add, probe);
    }

    /** Starts the loop and begins to follow the log. */
    public void start() {
        loop.start(new Body());
        loop.add(engine::start);
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

    /** Queues an operation; it fails with NOT_CONTROLLER if this node does not decide when its turn comes. */
    public <R> void submit(Operation<R> operation) {
        if (closing.get()) {
            operation.fail(engine.notController());
            return;
        }
        loop.add(() -> engine.run(operation));
    }

    /**
     * A broker's connection was lost: if its listeners refuse connections too, and it is not heard of again within the grace time,
     * it is fenced.
     *
     * @param epoch the broker epoch that the connection's heartbeats carried
     */
    public void onBrokerConnectionLost(int brokerId, long epoch) {
        loop.add(() -> engine.onConnectionLost(brokerId, epoch));
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
        loop.add(() -> {
            try {
                answer.complete(question.apply(engine.state()));
            } catch (RuntimeException failed) {
                answer.completeExceptionally(failed);
            }
        });
        return answer;
    }

    /** What the loop is to know of the controller. */
    private final class Body implements ControllerLoop.Body {
        @Override
        public void ran() {
            active = engine.active();
            leader = engine.leader();
        }

        @Override
        public long tick() {
            long wakeMs = engine.tick();
            ran();
            return wakeMs;
        }

        @Override
        public void broke(Throwable fault) {
            active = false;
            LOG.error("The controller broke and stops", fault);
            config.onFatalFault().accept(fault);
        }

        @Override
        public void ended() {
            active = false;
        }
    }

    /** Ends the loop; what is queued is answered first, what waits for a commit stays unanswered. */
    @Override
    public void close() {
        if (closing.compareAndSet(false, true)) {
            loop.close();
        }
    }
}
