package io.milena.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.controller.core.Cluster;
import io.milena.controller.core.ClusterControl;
import io.milena.controller.core.ClusterState;
import io.milena.controller.core.ControlContext;
import io.milena.controller.core.Decision;
import io.milena.controller.core.Features;
import io.milena.controller.core.HeartbeatControl;
import io.milena.controller.core.TestRules;
import io.milena.controller.core.TopicCreation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.NotControllerException;
import org.apache.kafka.common.message.BrokerHeartbeatRequestData;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Three controllers without threads over one log, with leaders changing at any moment and uncommitted records kept or lost.
 * What was answered is there in the end, no answer tells of what was never committed, and all controllers agree.
 */
class FailoverSimulationTest {
    private static final BrokerProbe NOBODY_IS_GONE = broker -> CompletableFuture.completedFuture(false);
    private static final int NODES = 3;
    private static final int STEPS = 400;

    private final MemoryLog log = new MemoryLog();
    private final List<ArrayDeque<Runnable>> queues = new ArrayList<>();
    private final List<ControllerEngine> engines = new ArrayList<>();
    private final Set<String> acknowledged = new HashSet<>();
    private final Set<String> saidToExist = new HashSet<>();

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void what_was_answered_is_true_whoever_leads(int seed) {
        Random random = new Random(seed);
        for (int node = 0; node < NODES; node++) {
            startEngine(node);
        }
        log.elect(0, true);
        drainAll();
        submit(
                0,
                turn -> new ClusterControl(turn.context())
                        .register(
                                Cluster.registration(0, new Uuid(1, 1)),
                                turn.nextOffset(),
                                turn.sessions(),
                                turn.nowMs()));
        submit(
                0,
                turn -> new HeartbeatControl(turn.context())
                        .decide(
                                new BrokerHeartbeatRequestData()
                                        .setBrokerId(0)
                                        .setBrokerEpoch(turn.context()
                                                .state()
                                                .brokers()
                                                .get(0)
                                                .epoch())
                                        .setCurrentMetadataOffset(1_000),
                                turn.sessions()));
        drainAll();

        for (int step = 0; step < STEPS; step++) {
            int node = random.nextInt(NODES);
            switch (random.nextInt(12)) {
                case 0 -> log.elect(node, random.nextBoolean());
                case 1 -> log.autoCommit(random.nextBoolean());
                case 2, 3, 4, 5 -> {
                    String name = "t" + random.nextInt(60);
                    create(node, name);
                    create(node, name);
                }
                default -> runSome(node, random.nextInt(4));
            }
        }
        log.elect(1, true);
        drainAll();
        create(1, "last");
        drainAll();

        ClusterState end = engines.get(1).state();
        assertThat(acknowledged).contains("last").allMatch(name -> end.topics().byName(name) != null);
        assertThat(saidToExist).allMatch(name -> end.topics().byName(name) != null);
        engines.forEach(engine -> assertThat(topics(engine)).isEqualTo(topics(engines.get(1))));
        assertThat(engines.stream().filter(ControllerEngine::active)).hasSize(1);
        assertThat(engines.get(1).pendingAnswers()).isZero();
    }

    private static TreeMap<String, Uuid> topics(ControllerEngine engine) {
        TreeMap<String, Uuid> ids = new TreeMap<>();
        engine.state().topics().all().forEach(topic -> ids.put(topic.name(), topic.id()));
        return ids;
    }

    private void startEngine(int node) {
        ArrayDeque<Runnable> queue = new ArrayDeque<>();
        ControllerConfig config = new ControllerConfig(
                node,
                new ControlContext.Settings(Cluster.ID, 1, (short) 1, Cluster.SUPPORTED, 9_000, 0, 1_000),
                new TestRules(),
                List.of(Cluster.feature(Features.METADATA_VERSION, 30)),
                0,
                0,
                0,
                () -> 0,
                new Random(node),
                fault -> {});
        ControllerEngine engine = new ControllerEngine(config, log.of(node), queue::add, NOBODY_IS_GONE);
        queues.add(queue);
        engines.add(engine);
        engine.start();
    }

    private void create(int node, String name) {
        queues.get(node)
                .add(() -> engines.get(node).run(new Operation<CreateTopicsResponseData>() {
                    @Override
                    public Decision<CreateTopicsResponseData> decide(Turn turn) {
                        return new TopicCreation(turn.context()).decide(Cluster.request(name, 1, 1));
                    }

                    @Override
                    public void complete(CreateTopicsResponseData response) {
                        assertThat(log.hasCommitted(name))
                                .as("the answer about " + name + " tells of what is committed")
                                .isTrue();
                        Errors error =
                                Errors.forCode(response.topics().find(name).errorCode());
                        if (error == Errors.NONE) {
                            acknowledged.add(name);
                        } else {
                            assertThat(error).isEqualTo(Errors.TOPIC_ALREADY_EXISTS);
                            saidToExist.add(name);
                        }
                    }

                    @Override
                    public void fail(Throwable error) {
                        assertThat(error).isInstanceOf(NotControllerException.class);
                    }
                }));
    }

    private <R> void submit(int node, java.util.function.Function<Operation.Turn, Decision<R>> decider) {
        queues.get(node)
                .add(() -> engines.get(node).run(new Operation<R>() {
                    @Override
                    public Decision<R> decide(Turn turn) {
                        return decider.apply(turn);
                    }

                    @Override
                    public void complete(R response) {}

                    @Override
                    public void fail(Throwable error) {
                        throw new AssertionError("must succeed before the faults begin", error);
                    }
                }));
    }

    private void runSome(int node, int count) {
        for (int i = 0; i < count && !queues.get(node).isEmpty(); i++) {
            queues.get(node).remove().run();
        }
    }

    private void drainAll() {
        boolean ran = true;
        while (ran) {
            ran = false;
            for (int node = 0; node < NODES; node++) {
                ran |= !queues.get(node).isEmpty();
                runSome(node, Integer.MAX_VALUE);
            }
        }
    }
}
