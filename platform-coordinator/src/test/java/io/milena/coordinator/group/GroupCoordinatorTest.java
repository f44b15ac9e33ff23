package io.milena.coordinator.group;

import static io.milena.coordinator.group.TestClients.ORDERS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.milena.coordinator.group.MemoryCoordinatorLog.Mode;
import io.milena.coordinator.group.consumer.ConsumerConfig;
import io.milena.coordinator.group.core.GroupConfig;
import io.milena.coordinator.runtime.CoordinatorTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GroupCoordinatorTest {

    private final MemoryCoordinatorLog log = new MemoryCoordinatorLog();
    private final TestTopics topics = new TestTopics(1);
    private GroupCoordinator coordinator = coordinator(Map.of("group.initial.rebalance.delay.ms", "0"));
    private final TestClients clients = new TestClients(() -> coordinator);

    private GroupCoordinator coordinator(Map<String, String> config) {
        return new GroupCoordinator(
                GroupConfig.from(config), ConsumerConfig.from(config), topics, log, topics, CoordinatorTime.SYSTEM);
    }

    private void configure(Map<String, String> config) {
        coordinator.close();
        coordinator = coordinator(config);
    }

    @AfterEach
    void close() {
        coordinator.close();
    }

    private void elect() {
        coordinator.onElection(0, 1);
        await().until(() -> clients.ping("g") == Errors.NONE);
    }

    @Test
    void onlyTheLeaderAnswers() {
        assertThat(clients.commit("g", 1)).isCompletedWithValue(Errors.NOT_COORDINATOR);
        elect();
        assertThat(clients.commit("g", 1).join()).isEqualTo(Errors.NONE);
        coordinator.onResignation(0, 1);
        assertThat(clients.commit("g", 1)).isCompletedWithValue(Errors.NOT_COORDINATOR);
    }

    @Test
    void whileThePartitionIsReadClientsAreAskedToWait() {
        log.refuseReads(new KafkaStorageException("not yet"));
        coordinator.onElection(0, 1);
        assertThat(clients.commit("g", 1).join()).isEqualTo(Errors.COORDINATOR_LOAD_IN_PROGRESS);
        log.allowReads();
        await().untilAsserted(() -> assertThat(clients.commit("g", 1).join()).isEqualTo(Errors.NONE));
    }

    @Test
    void aCommitIsAnsweredAfterItIsCommitted() {
        // given
        elect();
        log.behave(Mode.LATER);

        // when
        CompletableFuture<Errors> commit = clients.commit("g", 7);
        await().until(() -> log.awaited() == 1);

        // then
        assertThat(commit).isNotDone();
        assertThat(clients.committed("g")).isEmpty();
        log.commitNext();
        assertThat(commit.join()).isEqualTo(Errors.NONE);
        assertThat(clients.committed("g")).containsEntry(ORDERS, 7L);
    }

    @Test
    void whatIsDecidedTogetherIsOneBatch() {
        // given
        elect();
        CountDownLatch busy = clients.block("g");
        List<CompletableFuture<Errors>> commits = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            commits.add(clients.commit("g" + i, i));
        }

        // when
        busy.countDown();

        // then
        assertThat(commits).allMatch(commit -> commit.join() == Errors.NONE);
        assertThat(log.recordsPerBatch()).containsExactly(100);
        assertThat(clients.committed("g99")).containsEntry(ORDERS, 99L);
    }

    @Test
    void aCommitIsInTheLogWhileOthersBeforeItWaitForTheirReplicas() {
        // given
        elect();
        log.behave(Mode.LATER);
        CompletableFuture<Errors> first = clients.commit("g", 1);
        await().until(() -> log.awaited() == 1);

        // when
        CompletableFuture<Errors> second = clients.commit("h", 2);
        await().until(() -> log.awaited() == 2);

        // then
        log.commitNext();
        assertThat(first.join()).isEqualTo(Errors.NONE);
        assertThat(second).isNotDone();
        log.commitNext();
        assertThat(second.join()).isEqualTo(Errors.NONE);
    }

    @Test
    void batchesStayBelowTheirLimit() {
        // given
        log.takeBatchesUpTo(1_000);
        elect();
        CountDownLatch busy = clients.block("g");
        List<CompletableFuture<Errors>> commits = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            commits.add(clients.commit("g" + i, i));
        }

        // when
        busy.countDown();

        // then
        assertThat(commits).allMatch(commit -> commit.join() == Errors.NONE);
        assertThat(log.recordsPerBatch()).hasSizeGreaterThan(1);
        assertThat(log.batches()).allSatisfy(b -> assertThat(b.length).isLessThanOrEqualTo(1_000));
    }

    @Test
    void aSlowCommitIsAnsweredInTimeAndStillCounts() {
        // given
        configure(Map.of("offsets.commit.timeout.ms", "50"));
        elect();
        log.behave(Mode.LATER);

        // when
        CompletableFuture<Errors> first = clients.commit("g", 5);
        CompletableFuture<Errors> second = clients.commit("h", 6);

        // then
        assertThat(first).succeedsWithin(30, TimeUnit.SECONDS).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);
        assertThat(second).succeedsWithin(30, TimeUnit.SECONDS).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);
        while (log.awaited() > 0) {
            log.commitNext();
        }
        await().untilAsserted(() -> assertThat(clients.committed("g")).containsEntry(ORDERS, 5L));
        assertThat(clients.committed("h")).containsEntry(ORDERS, 6L);
    }

    @Test
    void whoWaitsIsSentAwayWhenThePartitionMoves() {
        // given
        elect();
        JoinGroupResponseData first = clients.join("g", "i").join();
        CompletableFuture<JoinGroupResponseData> waiting = clients.join("g", "j");
        log.behave(Mode.LATER);
        CompletableFuture<Errors> commit = clients.commit("other", 1);

        // when
        coordinator.onResignation(0, 1);

        // then
        assertThat(first.errorCode()).isZero();
        assertThat(Errors.forCode(waiting.join().errorCode())).isEqualTo(Errors.NOT_COORDINATOR);
        assertThat(commit.join()).isEqualTo(Errors.NOT_COORDINATOR);
    }

    @Test
    void aCoordinatorThatClosesAnswersEverybody() {
        // given
        elect();
        clients.join("g", "i").join();
        CompletableFuture<JoinGroupResponseData> waiting = clients.join("g", "j");

        // when
        coordinator.close();

        // then
        assertThat(Errors.forCode(waiting.join().errorCode())).isEqualTo(Errors.NOT_COORDINATOR);
        assertThat(clients.commit("g", 1).join()).isEqualTo(Errors.NOT_COORDINATOR);
    }

    @Test
    void aResignationOfAnEarlierEpochIsIgnored() {
        coordinator.onElection(0, 5);
        await().until(() -> clients.ping("g") == Errors.NONE);
        coordinator.onResignation(0, 3);
        assertThat(clients.commit("g", 1).join()).isEqualTo(Errors.NONE);
    }

    @Test
    void timersRunWithoutRequests() {
        configure(Map.of("group.min.session.timeout.ms", "10", "group.initial.rebalance.delay.ms", "20"));
        elect();
        assertThat(clients.join("g", "i"))
                .succeedsWithin(30, TimeUnit.SECONDS)
                .extracting(r -> r.generationId())
                .isEqualTo(1);
    }

    @Test
    void manyThreadsCommitWithoutLosingAny() throws Exception {
        // given
        elect();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        AtomicInteger failed = new AtomicInteger();

        // when
        for (int t = 0; t < 8; t++) {
            String group = "g" + t;
            threads.execute(() -> {
                for (int i = 1; i <= 500; i++) {
                    if (clients.commit(group, i).join() != Errors.NONE) {
                        failed.incrementAndGet();
                    }
                }
            });
        }
        threads.shutdown();
        assertThat(threads.awaitTermination(120, TimeUnit.SECONDS)).isTrue();

        // then
        assertThat(failed).hasValue(0);
        for (int t = 0; t < 8; t++) {
            assertThat(clients.committed("g" + t)).containsEntry(ORDERS, 500L);
        }
        coordinator.onResignation(0, 1);
        coordinator.onElection(0, 2);
        await().until(() -> clients.ping("g") == Errors.NONE);
        assertThat(clients.committed("g7")).containsEntry(ORDERS, 500L);
    }
}
