package io.milena.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.milena.controller.core.Cluster;
import io.milena.controller.core.ClusterControl;
import io.milena.controller.core.ControlContext;
import io.milena.controller.core.Decision;
import io.milena.controller.core.Features;
import io.milena.controller.core.HeartbeatControl;
import io.milena.controller.core.TestRules;
import io.milena.controller.core.TopicCreation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.NotControllerException;
import org.apache.kafka.common.message.BrokerHeartbeatRequestData;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The controller with its real thread over a log in memory. */
class ControllerTest {
    private final MemoryLog log = new MemoryLog();
    private final Set<Integer> goneBrokers = ConcurrentHashMap.newKeySet();
    private final AtomicLong clock = new AtomicLong(1_000);
    private final AtomicReference<Throwable> fault = new AtomicReference<>();
    private final List<Controller> controllers = new ArrayList<>();

    @AfterEach
    void stop() {
        controllers.forEach(Controller::close);
        assertThat(fault).hasValue(null);
    }

    private Controller start(int nodeId, long idleMs) {
        ControllerConfig config = new ControllerConfig(
                nodeId,
                new ControlContext.Settings(Cluster.ID, 1, (short) 1, Cluster.SUPPORTED, 9_000, 50, 1_000),
                new TestRules(),
                List.of(Cluster.feature(Features.METADATA_VERSION, 30), Cluster.feature(Features.ELR_VERSION, 1)),
                idleMs,
                0,
                0,
                clock::get,
                new Random(nodeId),
                fault::set);
        Controller controller = new Controller(
                config, log.of(nodeId), broker -> CompletableFuture.completedFuture(goneBrokers.contains(broker.id())));
        controllers.add(controller);
        controller.start();
        return controller;
    }

    private static <R> CompletableFuture<R> submit(
            Controller controller, java.util.function.Function<Operation.Turn, Decision<R>> decider) {
        CompletableFuture<R> answer = new CompletableFuture<>();
        controller.submit(new Operation<R>() {
            @Override
            public Decision<R> decide(Turn turn) {
                return decider.apply(turn);
            }

            @Override
            public void complete(R response) {
                answer.complete(response);
            }

            @Override
            public void fail(Throwable error) {
                answer.completeExceptionally(error);
            }
        });
        return answer;
    }

    private static CompletableFuture<CreateTopicsResponseData> create(Controller controller, String name) {
        return submit(controller, turn -> new TopicCreation(turn.context()).decide(Cluster.request(name, 1, 1)));
    }

    private static long startBroker(Controller controller, int id) throws Exception {
        org.awaitility.Awaitility.await().until(controller::isActive);
        long epoch = submit(
                        controller,
                        turn -> new ClusterControl(turn.context())
                                .register(
                                        Cluster.registration(id, new Uuid(id + 1, turn.nextOffset() + 1)),
                                        turn.nextOffset(),
                                        turn.sessions(),
                                        turn.nowMs()))
                .get(5, TimeUnit.SECONDS)
                .brokerEpoch();
        submit(controller, turn -> {
                    turn.sessions().touch(id, epoch, epoch, turn.nowMs());
                    return new HeartbeatControl(turn.context())
                            .decide(
                                    new BrokerHeartbeatRequestData()
                                            .setBrokerId(id)
                                            .setBrokerEpoch(epoch)
                                            .setCurrentMetadataOffset(epoch)
                                            .setWantFence(false),
                                    turn.sessions());
                })
                .get(5, TimeUnit.SECONDS);
        return epoch;
    }

    private static boolean hasTopic(Controller controller, String name) {
        return controller.query(state -> state.topics().byName(name) != null).join();
    }

    @Test
    void the_first_active_controller_bootstraps_the_log_and_others_follow() throws Exception {
        Controller one = start(1, 0);
        Controller two = start(2, 0);
        log.elect(1, true);

        startBroker(one, 0);
        assertThat(create(one, "orders")
                        .get(5, TimeUnit.SECONDS)
                        .topics()
                        .find("orders")
                        .errorCode())
                .isZero();
        assertThat(one.isActive()).isTrue();
        await().until(() -> hasTopic(two, "orders"));
        assertThat(two.query(state -> state.features().levels()).join()).containsEntry("metadata.version", (short) 30);
        assertThat(two.query(state -> state.configs().ofCluster()).join()).containsEntry("min.insync.replicas", "1");
        assertThatThrownBy(() -> create(two, "nope").join())
                .hasCauseInstanceOf(NotControllerException.class)
                .hasMessageContaining("The active controller appears to be node 1.");
    }

    @Test
    void answers_wait_for_the_commit_and_later_requests_see_what_is_not_committed_yet() throws Exception {
        Controller one = start(1, 0);
        log.elect(1, true);
        startBroker(one, 0);
        log.autoCommit(false);

        CompletableFuture<CreateTopicsResponseData> first = create(one, "t");
        CompletableFuture<CreateTopicsResponseData> second = create(one, "t");
        assertThat(hasTopic(one, "t")).isTrue();
        assertThat(first).isNotDone();
        assertThat(second)
                .as("a refusal based on uncommitted state must not leak")
                .isNotDone();

        log.autoCommit(true);
        assertThat(first.get(5, TimeUnit.SECONDS).topics().find("t").errorCode())
                .isZero();
        assertThat(second.get(5, TimeUnit.SECONDS).topics().find("t").errorCode())
                .isEqualTo(Errors.TOPIC_ALREADY_EXISTS.code());
    }

    @Test
    void a_controller_that_loses_leadership_forgets_what_was_not_committed() throws Exception {
        Controller one = start(1, 0);
        Controller two = start(2, 0);
        log.elect(1, true);
        startBroker(one, 0);
        create(one, "kept").get(5, TimeUnit.SECONDS);
        log.autoCommit(false);
        CompletableFuture<CreateTopicsResponseData> lost = create(one, "lost");
        assertThat(hasTopic(one, "lost")).isTrue();

        log.elect(2, false);

        assertThatThrownBy(lost::join)
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(NotControllerException.class);
        await().until(() -> !hasTopic(one, "lost") && hasTopic(one, "kept"));
        assertThat(create(two, "new")
                        .get(5, TimeUnit.SECONDS)
                        .topics()
                        .find("new")
                        .errorCode())
                .isZero();
        await().until(() -> hasTopic(one, "new"));
        log.elect(1, true);
        assertThat(create(one, "again")
                        .get(5, TimeUnit.SECONDS)
                        .topics()
                        .find("again")
                        .errorCode())
                .isZero();
        await().until(() -> hasTopic(two, "again"));
    }

    @Test
    void sessions_end_and_silence_is_broken_by_a_noop_record() throws Exception {
        Controller one = start(1, 500);
        log.elect(1, true);
        startBroker(one, 0);
        long before = log.end();
        clock.addAndGet(600);
        wake(one);
        await().atMost(Duration.ofSeconds(5)).until(() -> log.end() == before + 1);
        clock.addAndGet(9_000);
        wake(one);
        await().until(() -> one.query(state -> state.brokers().get(0).fenced()).join());
    }

    @Test
    void a_broker_whose_connection_is_lost_and_whose_listeners_refuse_is_fenced_after_the_grace() throws Exception {
        Controller one = start(1, 0);
        goneBrokers.add(0);
        log.elect(1, true);
        long epoch = startBroker(one, 0);
        one.onBrokerConnectionLost(0, epoch);
        wake(one);
        assertThat(one.query(state -> state.brokers().get(0).fenced()).join()).isFalse();
        clock.addAndGet(50);
        wake(one);
        await().until(() -> one.query(state -> state.brokers().get(0).fenced()).join());
    }

    @Test
    void a_broker_whose_connection_is_lost_but_that_accepts_connections_keeps_its_session() throws Exception {
        Controller one = start(1, 0);
        log.elect(1, true);
        long epoch = startBroker(one, 0);
        one.onBrokerConnectionLost(0, epoch);
        wake(one);
        clock.addAndGet(8_999);
        wake(one);
        wake(one);
        assertThat(one.query(state -> state.brokers().get(0).fenced()).join()).isFalse();
        clock.addAndGet(1);
        wake(one);
        await().until(() -> one.query(state -> state.brokers().get(0).fenced()).join());
    }

    @Test
    void a_new_controller_fences_at_once_who_died_with_the_old_one() throws Exception {
        Controller one = start(1, 0);
        Controller two = start(2, 0);
        log.elect(1, true);
        startBroker(one, 0);
        startBroker(one, 1);
        goneBrokers.add(1);
        log.elect(2, true);
        await().until(two::isActive);
        wake(two);
        clock.addAndGet(50);
        wake(two);
        await().until(() -> two.query(state -> state.brokers().get(1).fenced()).join());
        assertThat(two.query(state -> state.brokers().get(0).fenced()).join()).isFalse();
    }

    /** The test's clock moves without the thread noticing; any event makes it look. */
    private static void wake(Controller controller) {
        controller.query(state -> 0).join();
    }
}
