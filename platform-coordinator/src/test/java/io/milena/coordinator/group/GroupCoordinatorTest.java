package io.milena.coordinator.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.milena.coordinator.group.MemoryCoordinatorLog.Mode;
import io.milena.coordinator.group.core.Caller;
import io.milena.coordinator.group.core.GroupConfig;
import io.milena.coordinator.group.core.GroupShard;
import io.milena.coordinator.group.core.Turn;
import io.milena.coordinator.runtime.CoordinatorView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocolCollection;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GroupCoordinatorTest {

    private final MemoryCoordinatorLog log = new MemoryCoordinatorLog();
    private GroupCoordinator coordinator = coordinator(Map.of("group.initial.rebalance.delay.ms", "0"));

    /** One partition of {@code __consumer_offsets}. */
    private static final class View implements CoordinatorView {
        @Override
        public int partitionCount(String topic) {
            return 1;
        }

        @Override
        public Uuid topicId(String topic) {
            return null;
        }

        @Override
        public String topicName(Uuid topicId) {
            return null;
        }

        @Override
        public Optional<Node> leader(String topic, int partition, String listener) {
            return Optional.empty();
        }
    }

    private GroupCoordinator coordinator(Map<String, String> config) {
        return new GroupCoordinator(GroupConfig.from(config), log, new View(), System::currentTimeMillis);
    }

    @AfterEach
    void close() {
        coordinator.close();
    }

    private void elect() {
        coordinator.onElection(0, 1);
        await().until(() -> commitless() == Errors.NONE);
    }

    private Errors commitless() {
        CompletableFuture<Errors> error = new CompletableFuture<>();
        coordinator.execute("g", new ShardOperation() {
            @Override
            public void run(GroupShard shard, Turn turn) {
                error.complete(Errors.NONE);
            }

            @Override
            public void refused(Errors refused) {
                error.complete(refused);
            }
        });
        return error.join();
    }

    private CompletableFuture<Errors> commit(String group, long offset) {
        CompletableFuture<Errors> result = new CompletableFuture<>();
        OffsetCommitRequestData request = new OffsetCommitRequestData()
                .setGroupId(group)
                .setTopics(List.of(new OffsetCommitRequestTopic()
                        .setName("orders")
                        .setPartitions(List.of(new OffsetCommitRequestPartition()
                                .setPartitionIndex(0)
                                .setCommittedOffset(offset)))));
        coordinator.execute(group, new ShardOperation() {
            @Override
            public void run(GroupShard shard, Turn turn) {
                shard.commitOffsets(
                        turn,
                        request,
                        (short) 9,
                        response -> result.complete(Errors.forCode(
                                response.topics().get(0).partitions().get(0).errorCode())));
            }

            @Override
            public void refused(Errors error) {
                result.complete(error);
            }
        });
        return result;
    }

    private CompletableFuture<JoinGroupResponseData> join(String group, String instance) {
        CompletableFuture<JoinGroupResponseData> result = new CompletableFuture<>();
        JoinGroupRequestProtocolCollection protocols = new JoinGroupRequestProtocolCollection();
        protocols.add(new JoinGroupRequestProtocol().setName("range").setMetadata(new byte[0]));
        JoinGroupRequestData request = new JoinGroupRequestData()
                .setGroupId(group)
                .setGroupInstanceId(instance)
                .setSessionTimeoutMs(6_000)
                .setRebalanceTimeoutMs(6_000)
                .setProtocolType("consumer")
                .setProtocols(protocols);
        coordinator.execute(group, new ShardOperation() {
            @Override
            public void run(GroupShard shard, Turn turn) {
                shard.join(turn, request, new Caller("c", "/127.0.0.1"), (short) 9, result::complete);
            }

            @Override
            public void refused(Errors error) {
                result.complete(new JoinGroupResponseData().setErrorCode(error.code()));
            }
        });
        return result;
    }

    private Map<TopicPartition, Long> committed(String group) {
        return coordinator.groups().join().stream()
                .filter(g -> g.groupId().equals(group))
                .findFirst()
                .map(GroupSnapshot::committedOffsets)
                .orElse(Map.of());
    }

    private static final TopicPartition ORDERS = new TopicPartition("orders", 0);

    @Test
    void onlyTheLeaderAnswers() {
        assertThat(commit("g", 1)).isCompletedWithValue(Errors.NOT_COORDINATOR);
        elect();
        assertThat(commit("g", 1)).isCompletedWithValue(Errors.NONE);
        coordinator.onResignation(0, 1);
        assertThat(commit("g", 1)).isCompletedWithValue(Errors.NOT_COORDINATOR);
    }

    @Test
    void whileThePartitionIsReadClientsAreAskedToWait() {
        log.readFailure = new KafkaStorageException("not yet");
        coordinator.onElection(0, 1);
        assertThat(commit("g", 1)).isCompletedWithValue(Errors.COORDINATOR_LOAD_IN_PROGRESS);
        log.readFailure = null;
        await().untilAsserted(() -> assertThat(commit("g", 1).join()).isEqualTo(Errors.NONE));
    }

    @Test
    void aCommitIsAnsweredAfterItIsCommitted() {
        elect();
        log.mode = Mode.LATER;
        CompletableFuture<Errors> commit = commit("g", 7);
        assertThat(commit).isNotDone();
        assertThat(committed("g")).isEmpty();
        log.commitNext();
        assertThat(commit).isCompletedWithValue(Errors.NONE);
        assertThat(committed("g")).containsEntry(ORDERS, 7L);
    }

    @Test
    void commitsThatWaitForAnAppendShareTheNextBatch() {
        elect();
        log.mode = Mode.LATER;
        List<CompletableFuture<Errors>> commits = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            commits.add(commit("g" + i, i));
        }
        assertThat(log.recordsPerBatch).containsExactly(1);
        log.commitNext();
        assertThat(log.recordsPerBatch).containsExactly(1, 99);
        assertThat(commits.get(1)).isNotDone();
        log.commitNext();
        assertThat(commits).allMatch(c -> c.join() == Errors.NONE);
        assertThat(committed("g99")).containsEntry(ORDERS, 99L);
    }

    @Test
    void batchesStayBelowTheirLimit() {
        coordinator.close();
        coordinator = coordinator(Map.of("message.max.bytes", "1000"));
        elect();
        log.mode = Mode.LATER;
        for (int i = 0; i < 50; i++) {
            commit("g" + i, i);
        }
        while (!log.uncommitted.isEmpty()) {
            log.commitNext();
        }
        assertThat(log.recordsPerBatch.size()).isGreaterThan(4);
        assertThat(log.batches).allSatisfy(b -> assertThat(b.length).isLessThan(1_000));
    }

    @Test
    void aRefusedAppendChangesNothingAndTheNextIsTried() {
        elect();
        commit("g", 1);
        log.mode = Mode.REFUSE;
        log.failure = new NotEnoughReplicasException("alone");
        assertThat(commit("g", 2)).isCompletedWithValue(Errors.COORDINATOR_NOT_AVAILABLE);
        assertThat(committed("g")).containsEntry(ORDERS, 1L);
        log.mode = Mode.AT_ONCE;
        assertThat(commit("g", 3)).isCompletedWithValue(Errors.NONE);
        assertThat(log.reads()).as("no reason to read it again").isEqualTo(1);
    }

    @Test
    void anAppendWithUnknownOutcomeMakesTheShardReadItsLogAgain() {
        elect();
        commit("g", 1);
        log.mode = Mode.WRITE_AND_FAIL;
        log.failure = new KafkaStorageException("broken pipe");
        assertThat(commit("g", 2).join()).isEqualTo(Errors.NOT_COORDINATOR);
        log.mode = Mode.AT_ONCE;
        await().until(() -> commitless() == Errors.NONE);
        assertThat(log.reads()).isEqualTo(2);
        assertThat(committed("g")).containsEntry(ORDERS, 2L);
    }

    @Test
    void aSlowCommitIsAnsweredInTimeAndStillCounts() {
        coordinator.close();
        coordinator = coordinator(Map.of("offsets.commit.timeout.ms", "50"));
        elect();
        log.mode = Mode.LATER;
        CompletableFuture<Errors> underWay = commit("g", 5);
        CompletableFuture<Errors> queued = commit("h", 5);
        assertThat(underWay).succeedsWithin(5, TimeUnit.SECONDS).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);
        assertThat(queued).succeedsWithin(5, TimeUnit.SECONDS).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);
        log.commitNext();
        assertThat(committed("g")).containsEntry(ORDERS, 5L);
        assertThat(committed("h")).isEmpty();
        assertThat(log.recordsPerBatch).containsExactly(1);
    }

    @Test
    void whoWaitsIsSentAwayWhenThePartitionMoves() {
        elect();
        JoinGroupResponseData first = join("g", "i").join();
        CompletableFuture<JoinGroupResponseData> waiting = join("g", "j");
        log.mode = Mode.LATER;
        CompletableFuture<Errors> commit = commit("other", 1);
        coordinator.onResignation(0, 1);
        assertThat(first.errorCode()).isZero();
        assertThat(Errors.forCode(waiting.join().errorCode())).isEqualTo(Errors.NOT_COORDINATOR);
        assertThat(commit).isCompletedWithValue(Errors.NOT_COORDINATOR);
        log.commitNext();
    }

    @Test
    void aResignationOfAnEarlierEpochIsIgnored() {
        elect();
        coordinator.onElection(0, 5);
        coordinator.onResignation(0, 3);
        assertThat(commit("g", 1)).isCompletedWithValue(Errors.NONE);
    }

    @Test
    void timersRunWithoutRequests() {
        coordinator.close();
        coordinator =
                coordinator(Map.of("group.min.session.timeout.ms", "10", "group.initial.rebalance.delay.ms", "20"));
        elect();
        assertThat(join("g", "i"))
                .succeedsWithin(5, TimeUnit.SECONDS)
                .extracting(r -> r.generationId())
                .isEqualTo(1);
    }

    @Test
    void manyThreadsCommitWithoutLosingAny() throws Exception {
        elect();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        AtomicInteger failed = new AtomicInteger();
        for (int t = 0; t < 8; t++) {
            String group = "g" + t;
            threads.execute(() -> {
                for (int i = 1; i <= 500; i++) {
                    if (commit(group, i).join() != Errors.NONE) {
                        failed.incrementAndGet();
                    }
                }
            });
        }
        threads.shutdown();
        assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        assertThat(failed).hasValue(0);
        for (int t = 0; t < 8; t++) {
            assertThat(committed("g" + t)).containsEntry(ORDERS, 500L);
        }
        coordinator.onResignation(0, 1);
        coordinator.onElection(0, 2);
        await().until(() -> commitless() == Errors.NONE);
        assertThat(committed("g7")).containsEntry(ORDERS, 500L);
    }
}
