package io.milena.coordinator.group;

import static io.milena.coordinator.group.TestClients.ORDERS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.milena.coordinator.group.MemoryCoordinatorLog.Mode;
import io.milena.coordinator.group.consumer.ConsumerConfig;
import io.milena.coordinator.group.core.GroupConfig;
import io.milena.coordinator.runtime.CoordinatorLog;
import io.milena.coordinator.runtime.CoordinatorRecord;
import io.milena.coordinator.runtime.CoordinatorTime;
import io.milena.coordinator.runtime.RecordSerde;
import io.milena.records.group.OffsetCommitKey;
import io.milena.records.group.OffsetCommitValue;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a fault costs: the write, the record or the operation that it hit, and nobody else. */
class CoordinatorFaultsTest {

    private final MemoryCoordinatorLog log = new MemoryCoordinatorLog();
    private GroupCoordinator coordinator =
            coordinator(log, new TestTopics(1), Map.of("group.consumer.assignment.interval.ms", "0"));
    private final TestClients clients = new TestClients(() -> coordinator);

    private static GroupCoordinator coordinator(CoordinatorLog log, TestTopics topics, Map<String, String> config) {
        topics.with(ORDERS.topic(), Uuid.randomUuid(), 2);
        return new GroupCoordinator(
                GroupConfig.from(config).withInitialRebalanceDelayMs(0),
                ConsumerConfig.from(config),
                topics,
                log,
                topics,
                CoordinatorTime.SYSTEM);
    }

    @AfterEach
    void close() {
        coordinator.close();
    }

    private void elect(int epoch) {
        log.commitAll();
        coordinator.onElection(0, epoch);
        await().until(() -> clients.ping("g") == Errors.NONE);
    }

    private static SimpleRecord commitRecord(String group, long offset) {
        CoordinatorRecord record = CoordinatorRecord.of(
                new OffsetCommitKey().setGroup(group).setTopic(ORDERS.topic()).setPartition(ORDERS.partition()),
                new OffsetCommitValue().setOffset(offset).setCommitTimestamp(System.currentTimeMillis()),
                3);
        return new SimpleRecord(0L, RecordSerde.key(record), RecordSerde.value(record));
    }

    private static MemoryRecords batch(SimpleRecord... records) {
        return MemoryRecords.withRecords(Compression.NONE, records);
    }

    // ---- appends

    @Test
    void aRefusedAppendChangesNothingAndTheNextIsTried() {
        // given
        elect(1);
        clients.commit("g", 1).join();
        log.refuseAppends(new NotEnoughReplicasException("alone"));

        // when
        Errors refused = clients.commit("g", 2).join();

        // then
        assertThat(refused).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);
        assertThat(clients.committed("g")).containsEntry(ORDERS, 1L);
        log.behave(Mode.AT_ONCE);
        assertThat(clients.commit("g", 3).join()).isEqualTo(Errors.NONE);
        assertThat(log.reads()).as("no reason to read it again").isEqualTo(1);
    }

    @Test
    void aHeartbeatWithNothingToDecideWaitsForWhatWasDecidedBefore() {
        // given
        elect(1);
        log.behave(Mode.LATER);
        var joins = clients.sendHeartbeat("g", "first", 0);

        // when
        var joinsAgain = clients.sendHeartbeat("g", "first", 0);

        // then
        clients.ping("g");
        assertThat(joinsAgain).as("told of an epoch that is not committed").isNotDone();
        log.commitAll();
        assertThat(joinsAgain.join().memberEpoch()).isEqualTo(joins.join().memberEpoch());
    }

    @Test
    void aRefusedWriteOfAConsumerGroupIsTakenBackAndNobodyElseNotices() {
        // given
        elect(1);
        int classicGeneration = clients.join("classic", "i").join().generationId();
        int epoch = clients.heartbeat("g", "first", 0).memberEpoch();
        log.refuseAppends(new NotEnoughReplicasException("alone"));

        // when
        var refused = clients.heartbeat("g", "second", 0);

        // then
        assertThat(Errors.forCode(refused.errorCode())).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);
        assertThat(log.reads()).as("the shard is not read again").isEqualTo(1);
        assertThat(clients.heartbeat("g", "first", epoch).memberEpoch()).isEqualTo(epoch);
        assertThat(coordinator.groups().join())
                .filteredOn(group -> group.groupId().equals("classic"))
                .allMatch(group -> group.generation() == classicGeneration)
                .hasSize(1);
        log.behave(Mode.AT_ONCE);
        assertThat(clients.heartbeat("g", "second", 0).memberEpoch()).isEqualTo(epoch + 1);
    }

    @Test
    void aConsumerGroupWhoseFirstWriteIsRefusedIsNotThere() {
        // given
        elect(1);
        log.refuseAppends(new NotEnoughReplicasException("alone"));

        // when
        clients.heartbeat("g", "first", 0);

        // then
        assertThat(coordinator.groups().join()).isEmpty();
    }

    @Test
    void anEmptyClassicGroupThatAConsumerGroupCouldNotReplaceStays() {
        // given
        elect(1);
        clients.commit("g", 1).join();
        log.refuseAppends(new NotEnoughReplicasException("alone"));

        // when
        clients.heartbeat("g", "first", 0);

        // then
        assertThat(coordinator.groups().join())
                .singleElement()
                .satisfies(group -> assertThat(group.type()).isEqualToIgnoringCase("classic"));
    }

    @Test
    void aWriteThatIsTooLargeCostsItself() {
        // given
        log.takeBatchesUpTo(300);
        elect(1);
        CountDownLatch busy = clients.block("g");

        // when
        CompletableFuture<Errors> before = clients.commit("a", 1);
        CompletableFuture<Errors> large = clients.commit("b".repeat(300), 1);
        CompletableFuture<Errors> after = clients.commit("c", 1);
        busy.countDown();

        // then
        assertThat(before.join()).isEqualTo(Errors.NONE);
        assertThat(large.join()).isEqualTo(Errors.INVALID_COMMIT_OFFSET_SIZE);
        assertThat(after.join()).isEqualTo(Errors.NONE);
        assertThat(log.recordsPerBatch()).containsExactly(2);
    }

    @Test
    void anAppendWithUnknownOutcomeMakesTheShardReadItsLogAgain() {
        // given
        elect(1);
        clients.commit("g", 1).join();
        log.failAppendsAfterWriting(new KafkaStorageException("broken pipe"));

        // when
        Errors error = clients.commit("g", 2).join();

        // then
        assertThat(error).isEqualTo(Errors.NOT_COORDINATOR);
        log.behave(Mode.AT_ONCE);
        await().until(() -> log.awaited() == 1);
        log.commitAll();
        await().until(() -> clients.ping("g") == Errors.NONE);
        assertThat(log.reads()).isEqualTo(2);
        clients.commit("other", 1).join();
        assertThat(clients.committed("g")).as("it was written").containsEntry(ORDERS, 2L);
    }

    @Test
    void aWriteOfAnEpochThatIsOverIsRefusedAndItsShardIsDead() {
        // given
        elect(1);
        clients.commit("g", 1).join();
        log.becomeLeader(3);

        // when
        Errors stale = clients.commit("g", 2).join();

        // then
        assertThat(stale).isEqualTo(Errors.NOT_COORDINATOR);
        assertThat(clients.ping("g")).isEqualTo(Errors.NOT_COORDINATOR);
        assertThat(log.recordsPerBatch()).containsExactly(1);
        elect(3);
        assertThat(clients.committed("g")).containsEntry(ORDERS, 1L);
        assertThat(clients.commit("g", 3).join()).isEqualTo(Errors.NONE);
    }

    // ---- threads

    @Test
    void whoCommitsDoesNotRunTheTurn() {
        // given
        elect(1);
        log.behave(Mode.LATER);
        CompletableFuture<Thread> answeredOn = clients.commit("g", 1).thenApply(error -> Thread.currentThread());
        await().until(() -> log.awaited() == 1);

        // when
        log.commitNext();

        // then
        assertThat(answeredOn.join().getName()).startsWith("group-coordinator-");
    }

    @Test
    void whileOnePartitionIsReadTheOthersServeAndTheirTimersRun() throws Exception {
        // given
        CountDownLatch reading = new CountDownLatch(1);
        CountDownLatch mayGoOn = new CountDownLatch(1);
        MemoryCoordinatorLog other = new MemoryCoordinatorLog() {
            @Override
            public void readAll(TopicPartition partition, int epoch, Consumer<RecordBatch> consumer) {
                if (partition.partition() == 1) {
                    reading.countDown();
                    try {
                        mayGoOn.await();
                    } catch (InterruptedException e) {
                        throw new KafkaStorageException(e);
                    }
                }
                super.readAll(partition, epoch, consumer);
            }
        };
        coordinator.close();
        TestTopics topics = new TestTopics(2);
        coordinator = new GroupCoordinator(
                GroupConfig.from(Map.of("group.initial.rebalance.delay.ms", "20")),
                ConsumerConfig.from(Map.of()),
                topics,
                other,
                topics,
                CoordinatorTime.SYSTEM);
        String groupOf0 = "h";
        String groupOf1 = "g";
        assertThat(GroupCoordinator.partitionFor(groupOf0, 2)).isZero();
        assertThat(GroupCoordinator.partitionFor(groupOf1, 2)).isEqualTo(1);

        // when
        coordinator.onElection(1, 1);
        reading.await();
        coordinator.onElection(0, 1);
        await().until(() -> clients.ping(groupOf0) == Errors.NONE);

        // then
        assertThat(clients.join(groupOf0, "i"))
                .succeedsWithin(30, TimeUnit.SECONDS)
                .extracting(joined -> joined.generationId())
                .isEqualTo(1);
        assertThat(clients.ping(groupOf1)).isEqualTo(Errors.COORDINATOR_LOAD_IN_PROGRESS);
        mayGoOn.countDown();
        await().until(() -> clients.ping(groupOf1) == Errors.NONE);
    }

    // ---- turns

    @Test
    void anErrorInATurnCostsTheOperation() {
        // given
        elect(1);
        clients.commit("g", 1).join();

        // when
        Errors error = clients.run("g", (shard, turn) -> {
                    throw new StackOverflowError("as of a nested pattern");
                })
                .join();

        // then
        assertThat(error).isEqualTo(Errors.UNKNOWN_SERVER_ERROR);
        await().until(() -> clients.ping("g") == Errors.NONE);
        assertThat(clients.committed("g")).containsEntry(ORDERS, 1L);
        assertThat(clients.commit("g", 2).join()).isEqualTo(Errors.NONE);
    }

    @Test
    void anOperationThatThrowsHasNotHappened() {
        // given
        elect(1);
        AtomicBoolean changed = new AtomicBoolean();
        CompletableFuture<Errors> settled = new CompletableFuture<>();

        // when
        Errors error = clients.run("g", (shard, turn) -> {
                    changed.set(true);
                    turn.changed(() -> changed.set(false));
                    turn.write(List.of(), (later, outcome) -> settled.complete(outcome));
                    throw new IllegalStateException("a fault of ours");
                })
                .join();

        // then
        assertThat(error).isEqualTo(Errors.UNKNOWN_SERVER_ERROR);
        assertThat(changed).isFalse();
        assertThat(settled).isCompletedWithValue(Errors.UNKNOWN_SERVER_ERROR);
        assertThat(log.recordsPerBatch()).isEmpty();
        assertThat(log.reads()).as("no reason to read it again").isEqualTo(1);
    }

    // ---- loading

    @Test
    void aRecordThatCannotBeReadCostsItself() {
        // given
        log.write(batch(
                commitRecord("a", 1),
                new SimpleRecord(0L, new byte[] {0, 1, 127}, new byte[] {0, 1}),
                new SimpleRecord(0L, new byte[] {1}, null),
                new SimpleRecord(0L, null, new byte[] {1}),
                commitRecord("b", 2)));
        log.write(batch(commitRecord("c", 3)));
        log.damageLastBatch();
        log.write(batch(commitRecord("d", 4)));
        log.commitAll();

        // when
        elect(1);

        // then
        assertThat(clients.committed("a")).containsEntry(ORDERS, 1L);
        assertThat(clients.committed("b")).containsEntry(ORDERS, 2L);
        assertThat(clients.committed("c")).isEmpty();
        assertThat(clients.committed("d")).containsEntry(ORDERS, 4L);
    }

    @Test
    void nobodyIsAnsweredBeforeAllThatWasFoundIsCommitted() {
        // given
        log.write(batch(commitRecord("g", 1)));
        log.commitAll();
        log.write(batch(commitRecord("g", 2)));

        // when
        coordinator.onElection(0, 1);
        await().until(() -> log.awaited() == 1);

        // then
        assertThat(clients.ping("g")).isEqualTo(Errors.COORDINATOR_LOAD_IN_PROGRESS);
        log.commitNext();
        await().untilAsserted(() -> assertThat(clients.committed("g")).containsEntry(ORDERS, 2L));
    }

    @Test
    void aShardThatLosesItsPartitionBeforeItIsCommittedNeverAnswers() {
        // given
        log.write(batch(commitRecord("g", 1)));
        coordinator.onElection(0, 1);
        await().until(() -> log.awaited() == 1);

        // when
        coordinator.onResignation(0, 1);
        log.commitNext();

        // then
        await().untilAsserted(() -> assertThat(clients.ping("g")).isEqualTo(Errors.NOT_COORDINATOR));
    }

    @Test
    void aConsumerGroupWhoseDecisionWasNotCommittedByTheLeaderBeforeGoesOn() {
        // given
        elect(1);
        log.behave(Mode.LATER);
        CompletableFuture<Integer> joining = CompletableFuture.supplyAsync(
                () -> clients.heartbeat("g", "first", 0).memberEpoch());
        await().until(() -> log.awaited() == 1);
        coordinator.onResignation(0, 1);
        joining.join();

        // when
        log.behave(Mode.AT_ONCE);
        elect(2);

        // then
        assertThat(clients.heartbeat("g", "first", 2).errorCode()).isZero();
    }
}
