package io.milena.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.controller.core.BrokerState;
import io.milena.controller.core.Cluster;
import io.milena.controller.core.ClusterControl;
import io.milena.controller.core.ClusterState;
import io.milena.controller.core.ControlContext;
import io.milena.controller.core.Decision;
import io.milena.controller.core.Features;
import io.milena.controller.core.HeartbeatControl;
import io.milena.controller.core.TestRules;
import io.milena.controller.core.TopicCreation;
import io.milena.records.VersionedRecord;
import io.milena.records.metadata.PartitionChangeRecord;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.UnknownServerException;
import org.apache.kafka.common.message.BrokerHeartbeatRequestData;
import org.apache.kafka.common.message.BrokerHeartbeatResponseData;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a broker's coming and going decides is not bounded by what fits into one batch of the metadata log. */
class LargeDecisionsTest {
    private static final int SMALL_BATCH = 4096;

    private final AtomicLong clock = new AtomicLong(1_000);
    private final MemoryLog log = new MemoryLog();
    private final Queue<Runnable> queue = new ArrayDeque<>();
    private ControllerEngine engine;

    @BeforeEach
    void lead() {
        start(0);
        log.elect(1, true);
        runQueued();
    }

    private void start(long balanceIntervalMs) {
        engine = new ControllerEngine(
                new ControllerConfig(
                        1,
                        new ControlContext.Settings(Cluster.ID, 1, (short) 1, Cluster.SUPPORTED, 9_000, 0, 1_000),
                        new TestRules(),
                        List.of(Cluster.feature(Features.METADATA_VERSION, 30)),
                        0,
                        balanceIntervalMs,
                        0,
                        clock::get,
                        new Random(1),
                        fault -> {}),
                log.of(1),
                queue::add,
                broker -> CompletableFuture.completedFuture(false));
        engine.start();
        runQueued();
    }

    private void runQueued() {
        for (Runnable event = queue.poll(); event != null; event = queue.poll()) {
            event.run();
        }
    }

    private <R> CompletableFuture<R> submit(
            Function<Operation.Turn, Decision<R>> decider, java.util.function.BiConsumer<Operation.Turn, R> after) {
        CompletableFuture<R> answer = new CompletableFuture<>();
        engine.run(new Operation<R>() {
            @Override
            public Decision<R> decide(Turn turn) {
                return decider.apply(turn);
            }

            @Override
            public void appended(Decision<R> decision, Turn turn, long lastOffset) {
                after.accept(turn, decision.response());
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
        runQueued();
        return answer;
    }

    private void register(int id) {
        submit(
                        turn -> new ClusterControl(turn.context())
                                .register(
                                        Cluster.registration(id, new Uuid(id + 1, turn.nextOffset() + 1)),
                                        turn.nextOffset(),
                                        turn.sessions(),
                                        turn.nowMs()),
                        (turn, response) -> {})
                .join();
    }

    private CompletableFuture<BrokerHeartbeatResponseData> heartbeat(int id, boolean shutDown) {
        BrokerHeartbeatRequestData request = new BrokerHeartbeatRequestData()
                .setBrokerId(id)
                .setBrokerEpoch(broker(id).epoch())
                .setCurrentMetadataOffset(log.end())
                .setWantShutDown(shutDown);
        return submit(
                turn -> new HeartbeatControl(turn.context()).decide(request, turn.sessions()),
                (turn, response) -> new HeartbeatControl(turn.context())
                        .decided(request, response, turn.sessions(), turn.nowMs(), log.end() - 1));
    }

    private BrokerState broker(int id) {
        BrokerState broker = state().brokers().get(id);
        assertThat(broker).isNotNull();
        return broker;
    }

    private ClusterState state() {
        return engine.state();
    }

    private void create(String name, int partitions, int replicas) {
        assertThat(submit(
                                turn -> new TopicCreation(turn.context())
                                        .decide(Cluster.request(name, partitions, replicas)),
                                (turn, response) -> {})
                        .join()
                        .topics()
                        .find(name)
                        .errorCode())
                .isZero();
    }

    @Test
    void aBrokerIsUnfencedAlthoughItsPartitionsDoNotFitIntoOneBatch() {
        // given 200 partitions on one broker, which left
        register(0);
        heartbeat(0, false).join();
        create("t", 200, 1);
        log.maxBatchBytes(SMALL_BATCH);
        heartbeat(0, true).join();
        assertThat(heartbeat(0, true).join().shouldShutDown()).isTrue();
        assertThat(state().topics().leaderlessCount()).isEqualTo(200);
        register(0);

        // when it is back
        BrokerHeartbeatResponseData answer = heartbeat(0, false).join();

        // then it leads again
        assertThat(answer.isFenced()).isFalse();
        assertThat(state().topics().leaderlessCount()).isZero();
        assertThat(broker(0).fenced()).isFalse();
    }

    @Test
    void anUncleanReturnIsNotBoundedByABatch() {
        // given
        register(0);
        register(1);
        heartbeat(0, false).join();
        heartbeat(1, false).join();
        create("t", 300, 2);
        log.maxBatchBytes(SMALL_BATCH);

        // when the broker comes back with an unclean log and its session is over
        clock.addAndGet(20_000);
        engine.tick();
        runQueued();
        register(0);

        // then
        assertThat(broker(0).fenced()).isTrue();
        assertThat(state().topics().leaderCount(0)).isZero();
    }

    @Test
    void leadershipMissingAfterAFailoverIsMadeUpFor() {
        // given a controller that unfenced a broker and died before all of its partitions had a leader
        register(0);
        heartbeat(0, false).join();
        create("t", 200, 1);
        heartbeat(0, true).join();
        assertThat(heartbeat(0, true).join().shouldShutDown()).isTrue();
        register(0);
        log.maxBatchBytes(SMALL_BATCH);
        log.autoCommit(false);
        heartbeat(0, false);
        log.elect(2, batches -> 1);
        runQueued();
        assertThat(broker(0).fenced()).isFalse();
        assertThat(state().topics().leaderlessCount()).isPositive();

        // when there is a new controller
        log.elect(1, true);
        runQueued();

        // then
        assertThat(state().topics().leaderlessCount()).isZero();
    }

    @Test
    void anAtomicDecisionThatIsTooLargeIsRefusedAndChangesNothing() {
        // given
        register(0);
        heartbeat(0, false).join();
        log.maxBatchBytes(SMALL_BATCH);
        long end = log.end();

        // when
        CompletableFuture<?> answer = submit(
                turn -> new TopicCreation(turn.context()).decide(Cluster.request("t", 200, 1)), (turn, each) -> {});

        // then
        assertThat(answer)
                .failsWithin(java.time.Duration.ZERO)
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(PolicyViolationException.class);
        assertThat(log.end()).isEqualTo(end);
        assertThat(state().topics().byName("t")).isNull();
        assertThat(engine.active()).isTrue();
    }

    @Test
    void aRecordThatContradictsTheStateNeverEntersTheLog() {
        // given
        register(0);
        heartbeat(0, false).join();
        create("t", 1, 1);
        long end = log.end();

        // when a decision with a mistake in it changes a partition that does not exist
        VersionedRecord sound = new VersionedRecord(
                new PartitionChangeRecord()
                        .setTopicId(state().topics().byName("t").id())
                        .setPartitionId(0)
                        .setLeader(-1),
                (short) 2);
        VersionedRecord broken = new VersionedRecord(
                new PartitionChangeRecord().setTopicId(new Uuid(1, 1)).setPartitionId(7), (short) 2);
        CompletableFuture<Integer> answer =
                submit(turn -> Decision.atomic(List.of(sound, broken), 1), (turn, each) -> {});

        // then it is refused, and the half of it that was replayed is forgotten
        assertThat(answer)
                .failsWithin(java.time.Duration.ZERO)
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(UnknownServerException.class);
        assertThat(log.end()).isEqualTo(end);
        assertThat(engine.active()).isFalse();
        log.elect(1, true);
        runQueued();
        assertThat(engine.active()).isTrue();
        assertThat(state().topics().leaderlessCount()).isZero();
        create("u", 1, 1);
    }

    @Test
    void aRecordThatNoNodeCouldReplayIsRefusedWithoutAnyConsequence() {
        // given
        long end = log.end();

        // when
        CompletableFuture<Integer> answer = submit(
                turn -> Decision.atomic(List.of(Cluster.feature(Features.METADATA_VERSION, 99)), 1),
                (turn, each) -> {});

        // then
        assertThat(answer)
                .failsWithin(java.time.Duration.ZERO)
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(UnknownServerException.class);
        assertThat(log.end()).isEqualTo(end);
        assertThat(engine.active()).isTrue();
        assertThat(state().features().level(Features.METADATA_VERSION)).isEqualTo((short) 30);
    }

    @Test
    void balancingGoesOnUntilItIsDone() {
        // given 2,500 partitions that are led by others than their preferred replicas
        engine.onConnectionLost(0, 0);
        queue.clear();
        start(300_000);
        log.elect(1, true);
        runQueued();
        register(0);
        register(1);
        heartbeat(0, false).join();
        create("t", 2_500, 1);
        assertThat(state().topics().leaderCount(0)).isEqualTo(2_500);
        heartbeat(1, false).join();
        reassignPreferredToOne();
        assertThat(state().topics().imbalancedCount()).isEqualTo(2_500);

        // when the interval is over and the controller goes on for a second
        clock.addAndGet(300_000);
        keepAlive();
        for (int i = 0; i < 10; i++) {
            engine.tick();
            runQueued();
            clock.addAndGet(100);
        }

        // then
        assertThat(state().topics().imbalancedCount()).isZero();
    }

    private void keepAlive() {
        heartbeat(0, false).join();
        heartbeat(1, false).join();
    }

    private void reassignPreferredToOne() {
        List<VersionedRecord> records = new java.util.ArrayList<>();
        Uuid topic = state().topics().byName("t").id();
        for (int p = 0; p < 2_500; p++) {
            records.add(new VersionedRecord(
                    new PartitionChangeRecord()
                            .setTopicId(topic)
                            .setPartitionId(p)
                            .setReplicas(List.of(1, 0))
                            .setDirectories(List.of(Cluster.directory(1), Cluster.directory(0)))
                            .setIsr(List.of(0, 1)),
                    (short) 2));
        }
        submit(turn -> Decision.atomic(records, 1), (turn, each) -> {}).join();
    }
}
