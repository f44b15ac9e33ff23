package io.milena.broker.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.broker.partition.TestPartitions;
import io.milena.broker.replication.core.FollowerFetch;
import io.milena.wire.FileBackedRecords;
import io.milena.wire.testing.FakeExchange;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchRequestData.ForgottenTopic;
import org.apache.kafka.common.message.FetchRequestData.ReplicaState;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A follower's fetch session as its leader keeps it: what it answers, whom it watches, in which order it serves. */
class FetchSessionCostTest {
    private static final int FOLLOWER = 2;
    private static final int PARTITIONS = 50;

    @TempDir
    Path directory;

    private TestBroker broker;
    private int session;
    private int epoch;

    @BeforeEach
    void start() {
        broker = new TestBroker(directory);
        broker.topic("t", PARTITIONS);
        for (int i = 0; i < PARTITIONS; i++) {
            TestPartitions.host(
                    broker.plane().registry(),
                    "t",
                    broker.topicId("t"),
                    i,
                    TestBroker.ID,
                    1,
                    List.of(TestBroker.ID, FOLLOWER));
        }
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    private FetchRequestData request(int... partitions) {
        List<FetchPartition> asked = new ArrayList<>();
        for (int partition : partitions) {
            asked.add(asked(partition, 0));
        }
        FetchRequestData request = new FetchRequestData()
                .setReplicaState(new ReplicaState().setReplicaId(FOLLOWER))
                .setSessionId(session)
                .setSessionEpoch(epoch)
                .setMaxBytes(1 << 20)
                .setMinBytes(1);
        if (!asked.isEmpty()) {
            request.setTopics(
                    List.of(new FetchTopic().setTopicId(broker.topicId("t")).setPartitions(asked)));
        }
        return request;
    }

    private static FetchPartition asked(int partition, long offset) {
        return new FetchPartition()
                .setPartition(partition)
                .setFetchOffset(offset)
                .setLogStartOffset(0)
                .setCurrentLeaderEpoch(1)
                .setPartitionMaxBytes(1 << 20);
    }

    private FakeExchange<FetchRequestData> send(FetchRequestData request) {
        FakeExchange<FetchRequestData> exchange = new FakeExchange<>(request, 17);
        broker.handle(ApiKeys.FETCH, exchange);
        return exchange;
    }

    private List<Integer> told(FakeExchange<FetchRequestData> exchange) {
        FetchResponseData response = exchange.response(FetchResponseData.class);
        assertThat(Errors.forCode(response.errorCode())).isEqualTo(Errors.NONE);
        session = response.sessionId();
        epoch++;
        List<Integer> partitions = new ArrayList<>();
        response.responses()
                .forEach(topic -> topic.partitions().forEach(data -> partitions.add(data.partitionIndex())));
        return partitions;
    }

    private static PartitionData only(FakeExchange<FetchRequestData> exchange) {
        return exchange.response(FetchResponseData.class)
                .responses()
                .get(0)
                .partitions()
                .get(0);
    }

    private void open() {
        assertThat(told(send(request(IntStream.range(0, PARTITIONS).toArray()))))
                .hasSize(PARTITIONS);
        assertThat(told(send(request()))).isEmpty();
    }

    private void append(int partition, int bytes) {
        MemoryRecords records = MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(new byte[bytes]));
        broker.partition("t", partition).append(records, true, io.milena.log.AppendOrigin.CLIENT);
    }

    private int watched() {
        return IntStream.range(0, PARTITIONS)
                .map(i -> broker.partition("t", i).watcherCount())
                .sum();
    }

    @Test
    void aParkedFetchIsAnsweredWithThePartitionThatGotRecordsAndOnlyThat() {
        open();
        FakeExchange<FetchRequestData> parked = send(request().setMaxWaitMs(60_000));
        assertThat(parked.isAnswered()).isFalse();

        append(7, 10);

        assertThat(told(parked)).containsExactly(7);
        assertThat(broker.plane().parkedFetches()).isZero();
    }

    @Test
    void recordsAreOfferedAgainUntilTheFollowerAsksForWhatComesAfterThem() {
        open();
        append(7, 10);

        assertThat(told(send(request()))).containsExactly(7);
        assertThat(told(send(request()))).containsExactly(7);

        FetchRequestData moved = request(7);
        moved.topics().get(0).setPartitions(List.of(asked(7, 1)));
        FakeExchange<FetchRequestData> answer = send(moved);
        assertThat(told(answer)).as("news of the high watermark").containsExactly(7);
        assertThat(only(answer).highWatermark()).isEqualTo(1);
        assertThat(told(send(request()))).isEmpty();
    }

    @Test
    void aFollowerThatHasEverythingOfAnIdlePartitionStaysInSyncWithoutNamingIt() {
        long nowMs = System.currentTimeMillis();
        append(7, 10);
        broker.partition("t", 7).inSyncReplicas().fetched(new FollowerFetch(FOLLOWER, 1, 1, 0, -1), nowMs - 1_000_000);

        // Long after the last fetch that named it, somebody writes, and somebody looks before the follower can fetch.
        append(7, 10);
        broker.partition("t", 7).inSyncReplicas().reconsider(nowMs + 1_000);

        assertThat(broker.partition("t", 7).toString()).contains("isr=[1, 2]", "proposed=null");
    }

    @Test
    void partitionsForWhichThereWasNoRoomComeFirstNextTime() {
        open();
        for (int partition : List.of(1, 2, 3)) {
            append(partition, 1000);
        }
        assertThat(told(send(request().setMaxBytes(1500)))).containsExactly(1);
        assertThat(told(send(request().setMaxBytes(1500)))).containsExactly(2);
        assertThat(told(send(request().setMaxBytes(1500)))).containsExactly(3);
    }

    @Test
    void anErrorIsToldAgainAndAgainAndTheEndOfItOnce() {
        open();
        TestPartitions.host(
                broker.plane().registry(),
                "t",
                broker.topicId("t"),
                7,
                TestBroker.ID,
                2,
                List.of(TestBroker.ID, FOLLOWER));

        FakeExchange<FetchRequestData> first = send(request().setMaxWaitMs(60_000));
        assertThat(told(first)).containsExactly(7);
        assertThat(Errors.forCode(only(first).errorCode())).isEqualTo(Errors.FENCED_LEADER_EPOCH);
        assertThat(told(send(request()))).containsExactly(7);

        FetchRequestData better = request(7);
        better.topics().get(0).setPartitions(List.of(asked(7, 0).setCurrentLeaderEpoch(2)));
        FakeExchange<FetchRequestData> answer = send(better);
        assertThat(told(answer)).containsExactly(7);
        assertThat(only(answer).errorCode()).isZero();
        assertThat(told(send(request()))).isEmpty();
    }

    @Test
    void aFollowerThatTheLeaderDoesNotKnowYetHasToAskAgainForElseItIsNeverTakenNoteOf() {
        open();
        replicasOfSeven(List.of(TestBroker.ID));
        FetchRequestData early = request(7);
        early.topics().get(0).setPartitions(List.of(asked(7, 0).setCurrentLeaderEpoch(2)));
        FakeExchange<FetchRequestData> refused = send(early.setMaxWaitMs(60_000));
        assertThat(told(refused)).containsExactly(7);
        assertThat(Errors.forCode(only(refused).errorCode())).isEqualTo(Errors.UNKNOWN_LEADER_EPOCH);

        // The leader's metadata arrives. What it refused still waits for the follower's word.
        replicasOfSeven(List.of(TestBroker.ID, FOLLOWER));
        assertThat(broker.partition("t", 7).lowWatermark()).isEqualTo(-1);
        FetchRequestData again = request(7);
        again.topics().get(0).setPartitions(List.of(asked(7, 0).setCurrentLeaderEpoch(2)));
        FakeExchange<FetchRequestData> answer = send(again);

        assertThat(told(answer)).containsExactly(7);
        assertThat(only(answer).errorCode()).isZero();
        assertThat(broker.partition("t", 7).lowWatermark()).isZero();
        assertThat(told(send(request()))).isEmpty();
    }

    private void replicasOfSeven(List<Integer> replicas) {
        TestPartitions.host(
                broker.plane().registry(),
                "t",
                broker.topicId("t"),
                7,
                TestBroker.ID,
                2,
                replicas,
                List.of(TestBroker.ID));
    }

    @Test
    void aDivergenceIsToldAgainUntilTheFollowerAsksOtherwise() {
        open();
        append(7, 10);
        FetchRequestData diverging = request(7);
        diverging.topics().get(0).setPartitions(List.of(asked(7, 5).setLastFetchedEpoch(1)));
        FakeExchange<FetchRequestData> answer = send(diverging.setMaxWaitMs(60_000));
        assertThat(told(answer)).containsExactly(7);
        assertThat(only(answer).divergingEpoch().endOffset()).isEqualTo(1);
        assertThat(told(send(request()))).containsExactly(7);
    }

    @Test
    void aForgottenPartitionIsNeitherToldNorWatched() {
        open();
        assertThat(watched()).isEqualTo(PARTITIONS);
        FetchRequestData forgetting = request();
        forgetting.setForgottenTopicsData(
                List.of(new ForgottenTopic().setTopicId(broker.topicId("t")).setPartitions(List.of(7))));
        assertThat(told(send(forgetting))).isEmpty();
        assertThat(watched()).isEqualTo(PARTITIONS - 1);

        append(7, 10);
        assertThat(told(send(request()))).isEmpty();
    }

    @Test
    void aSessionThatEndsWatchesNothingAnyMore() {
        open();
        FetchRequestData last = request().setSessionEpoch(-1);
        send(last);
        assertThat(watched()).isZero();
    }

    @Test
    void aSessionNobodyAsksInAnyMoreCostsOneMove() {
        open();
        append(7, 10);
        append(7, 10);
        assertThat(broker.partition("t", 7).watcherCount()).isZero();
        // And yet nothing is lost, should somebody ask.
        assertThat(told(send(request()))).containsExactly(7);
    }

    @Test
    void theOrderOfServingDoesNotFavourLowNumbers() {
        open();
        List<Integer> order = new ArrayList<>(IntStream.range(0, 10).boxed().toList());
        Collections.reverse(order);
        order.forEach(partition -> append(partition, 1000));
        assertThat(told(send(request().setMaxBytes(3000)))).containsExactly(9, 8);
        assertThat(told(send(request().setMaxBytes(3000)))).containsExactly(7, 6);
    }

    @Test
    void aPartitionThatMovesWhileItIsLookedAtIsNotForgotten() throws Exception {
        open();
        AtomicBoolean done = new AtomicBoolean();
        List<Thread> appending = IntStream.range(0, 3)
                .mapToObj(i -> new Thread(() -> {
                    while (!done.get()) {
                        append(0, 1);
                    }
                }))
                .toList();
        appending.forEach(Thread::start);
        try {
            long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(700);
            long offset = 0;
            while (System.nanoTime() < until) {
                offset = fetchPast(offset);
            }
        } finally {
            done.set(true);
            for (Thread thread : appending) {
                thread.join();
            }
        }
    }

    /** Fetches until records from {@code offset} on are told; they must be, since there are some. */
    private long fetchPast(long offset) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        FetchRequestData request = request(0);
        request.topics().get(0).partitions().get(0).setFetchOffset(offset);
        while (true) {
            long end = broker.partition("t", 0).log().logEndOffset();
            FakeExchange<FetchRequestData> exchange = send(request);
            PartitionData data = told(exchange).isEmpty() ? null : only(exchange);
            if (data != null && data.records() instanceof FileBackedRecords records && records.sizeInBytes() > 0) {
                records.release();
                return Math.max(offset + 1, end);
            }
            assertThat(System.nanoTime())
                    .as("time to be told of records from " + offset)
                    .isLessThan(deadline);
            request = request();
        }
    }
}
