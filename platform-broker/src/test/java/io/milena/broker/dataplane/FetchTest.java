package io.milena.broker.dataplane;

import static io.milena.broker.dataplane.ProduceClient.BY_NAME;
import static io.milena.broker.dataplane.ProduceClient.batch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.milena.broker.partition.TestPartitions;
import io.milena.wire.testing.FakeExchange;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Errors, limits, waiting and sessions of Fetch, without sockets. */
class FetchTest {
    private static final int FETCH_BY_ID = 17;

    @TempDir
    Path directory;

    private TestBroker broker;
    private ProduceClient client;

    @BeforeEach
    void start() {
        broker = new TestBroker(directory);
        broker.topic("orders", 2);
        client = new ProduceClient(broker);
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    @Test
    void theFirstBatchComesWholeAndTheRestWithinTheLimits() {
        for (int i = 0; i < 5; i++) {
            client.produce(BY_NAME, 1, batch("x".repeat(1_000)));
        }
        int batch = batch("x".repeat(1_000)).sizeInBytes();
        PartitionData tiny = fetch(0, request -> request.setMaxBytes(10));
        assertThat(tiny.records().sizeInBytes()).isEqualTo(batch);

        PartitionData two =
                fetch(0, request -> request.topics().get(0).partitions().get(0).setPartitionMaxBytes(2 * batch));
        assertThat(two.records().sizeInBytes()).isEqualTo(2 * batch);
        assertThat(two.highWatermark()).isEqualTo(5);
        assertThat(two.lastStableOffset()).isEqualTo(5);
        assertThat(two.abortedTransactions()).isNull();
        assertThat(fetch(0, request -> request.setIsolationLevel((byte) 1)).abortedTransactions())
                .isEmpty();
    }

    @Test
    void offsetsOutOfRangeAndWrongEpochsAreErrors() {
        client.produce(BY_NAME, 1, batch("a"));
        assertThat(error(fetch(7, request -> {}))).isEqualTo(Errors.OFFSET_OUT_OF_RANGE);
        assertThat(error(fetch(0, request -> epoch(request, 3)))).isEqualTo(Errors.UNKNOWN_LEADER_EPOCH);
        assertThat(error(fetch(0, request -> epoch(request, 0)))).isEqualTo(Errors.NONE);
        TestPartitions.host(broker.plane().registry(), "orders", broker.topicId("orders"), 0, 1, 2, List.of(1));
        assertThat(error(fetch(0, request -> epoch(request, 0)))).isEqualTo(Errors.FENCED_LEADER_EPOCH);
    }

    @Test
    void aPartitionThatCannotBeReadHasNoListOfAbortedTransactionsAndNoRecords() {
        // given
        client.produce(BY_NAME, 1, batch("a"));

        // when
        PartitionData failed = fetch(7, request -> {});

        // then
        assertThat(error(failed)).isEqualTo(Errors.OFFSET_OUT_OF_RANGE);
        assertThat(failed.abortedTransactions()).isNull();
        assertThat(failed.records().sizeInBytes()).isZero();
    }

    @Test
    void aPartitionThatIsNotThereHasAnEmptyListOfAbortedTransactions() {
        // when
        PartitionData missing =
                fetch(0, request -> request.topics().get(0).partitions().get(0).setPartition(99));

        // then
        assertThat(error(missing)).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(missing.abortedTransactions()).isEmpty();
    }

    @Test
    void aTopicWithoutAnIdIsUnknownByItsId() {
        assertThat(error(fetch(0, request -> request.topics().get(0).setTopicId(Uuid.ZERO_UUID))))
                .isEqualTo(Errors.UNKNOWN_TOPIC_ID);
    }

    @Test
    void anyNegativeLeaderEpochIsOneThatIsNotSaid() {
        client.produce(BY_NAME, 1, batch("a"));
        assertThat(error(fetch(0, request -> epoch(request, -7)))).isEqualTo(Errors.NONE);
    }

    @Test
    void anIsolationLevelThatThereIsNotIsRefused() {
        client.produce(BY_NAME, 1, batch("a"));
        for (int level : new int[] {2, -1, 127, -128}) {
            assertThatThrownBy(() -> fetch(0, request -> request.setIsolationLevel((byte) level)))
                    .as("level %d", level)
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("isolation level " + level);
        }
    }

    @Test
    void aFullFetchOfNothingOpensASessionToo() {
        // when
        FetchResponseData opened =
                fetched(new FetchRequestData().setSessionEpoch(0).setMaxBytes(1 << 20));

        // then
        assertThat(opened.sessionId()).isNotZero();
        assertThat(opened.responses()).isEmpty();
    }

    @Test
    void aDivergingEpochIsTold() {
        client.produce(BY_NAME, 1, batch("a", "b"));
        TestPartitions.host(broker.plane().registry(), "orders", broker.topicId("orders"), 0, 1, 4, List.of(1));
        client.produce(BY_NAME, 1, batch("c"));

        PartitionData diverging =
                fetch(3, request -> request.topics().get(0).partitions().get(0).setLastFetchedEpoch(2));
        assertThat(diverging.divergingEpoch().epoch()).isZero();
        assertThat(diverging.divergingEpoch().endOffset()).isEqualTo(2);
        assertThat(diverging.records().sizeInBytes()).isZero();
    }

    @Test
    void aFetchWaitsForMinBytesOrItsTime() {
        int batch = batch("abc").sizeInBytes();
        FetchRequestData request = fetchRequest(0).setMinBytes(2 * batch).setMaxWaitMs(60_000);
        FakeExchange<FetchRequestData> waiting = new FakeExchange<>(request, FETCH_BY_ID);
        broker.handle(ApiKeys.FETCH, waiting);
        assertThat(waiting.isAnswered()).isFalse();

        client.produce(BY_NAME, 1, batch("abc"));
        assertThat(waiting.isAnswered()).isFalse();
        client.produce(BY_NAME, 1, batch("abc"));

        assertThat(data(waiting).records().sizeInBytes()).isEqualTo(2 * batch);
        assertThat(broker.plane().parkedFetches()).isZero();
        assertThat(broker.partition("orders", 0).watcherCount()).isZero();

        FakeExchange<FetchRequestData> late =
                new FakeExchange<>(fetchRequest(2).setMinBytes(1).setMaxWaitMs(20), FETCH_BY_ID);
        broker.handle(ApiKeys.FETCH, late);
        await().until(late::isAnswered);
        assertThat(data(late).records().sizeInBytes()).isZero();
    }

    @Test
    void aParkedFetchIsToldWhenItsTopicGoes() {
        FakeExchange<FetchRequestData> waiting =
                new FakeExchange<>(fetchRequest(0).setMinBytes(1).setMaxWaitMs(60_000), FETCH_BY_ID);
        broker.handle(ApiKeys.FETCH, waiting);

        TestPartitions.delete(broker.plane().registry(), broker.topicId("orders"));

        assertThat(waiting.isAnswered()).isTrue();
        assertThat(error(data(waiting))).isIn(Errors.UNKNOWN_TOPIC_OR_PARTITION, Errors.UNKNOWN_TOPIC_ID);
    }

    @Test
    void anIncrementalFetchTellsOnlyWhatIsNew() {
        FetchRequestData opening = fetchRequest(0).setSessionEpoch(0);
        opening.topics().get(0).partitions().add(partition(1, 0));
        FetchResponseData opened = fetched(opening);
        assertThat(opened.sessionId()).isPositive();
        assertThat(opened.responses().get(0).partitions()).hasSize(2);

        client.produce(BY_NAME, 1, batch("a"));
        FetchResponseData first = fetched(incremental(opened.sessionId(), 1));
        assertThat(first.responses()).hasSize(1);
        assertThat(first.responses().get(0).partitions())
                .extracting(PartitionData::partitionIndex)
                .containsExactly(0);

        FetchRequestData moved = incremental(opened.sessionId(), 2);
        moved.setTopics(
                List.of(new FetchTopic().setTopicId(broker.topicId("orders")).setPartitions(List.of(partition(0, 1)))));
        assertThat(fetched(moved).responses()).isEmpty();
    }

    @Test
    void aTopicCreatedAnewIsInconsistentWithTheSession() {
        FetchResponseData opened = fetched(fetchRequest(0).setSessionEpoch(0));
        TestPartitions.delete(broker.plane().registry(), broker.topicId("orders"));
        broker.forget("orders");
        broker.topic("orders", 2);

        PartitionData data = fetched(incremental(opened.sessionId(), 1))
                .responses()
                .get(0)
                .partitions()
                .get(0);
        assertThat(error(data)).isEqualTo(Errors.INCONSISTENT_TOPIC_ID);
    }

    @Test
    void manyFetchesParkAndLeaveWhileRecordsComeIn() throws Exception {
        ExecutorService loop = Executors.newSingleThreadExecutor();
        try {
            List<FakeExchange<FetchRequestData>> all = new ArrayList<>();
            for (int round = 0; round < 50; round++) {
                long end = broker.partition("orders", 0).log().logEndOffset();
                for (int i = 0; i < 40; i++) {
                    FetchRequestData request = fetchRequest(end).setMinBytes(1).setMaxWaitMs(i % 4 == 0 ? 1 : 30_000);
                    FakeExchange<FetchRequestData> exchange = new FakeExchange<>(request, FETCH_BY_ID, loop);
                    all.add(exchange);
                    loop.execute(() -> broker.handle(ApiKeys.FETCH, exchange));
                }
                client.produce(BY_NAME, 1, batch("round " + round));
            }
            await().untilAsserted(() -> assertThat(all).allMatch(FakeExchange::isAnswered));
            assertThat(broker.plane().parkedFetches()).isZero();
            assertThat(broker.partition("orders", 0).watcherCount()).isZero();
        } finally {
            loop.shutdownNow();
        }
    }

    private interface Change {
        void to(FetchRequestData request);
    }

    private PartitionData fetch(long offset, Change change) {
        FetchRequestData request = fetchRequest(offset);
        change.to(request);
        FakeExchange<FetchRequestData> exchange = new FakeExchange<>(request, FETCH_BY_ID);
        broker.handle(ApiKeys.FETCH, exchange);
        return data(exchange);
    }

    private FetchResponseData fetched(FetchRequestData request) {
        FakeExchange<FetchRequestData> exchange = new FakeExchange<>(request, FETCH_BY_ID);
        broker.handle(ApiKeys.FETCH, exchange);
        return exchange.response(FetchResponseData.class);
    }

    private static PartitionData data(FakeExchange<FetchRequestData> exchange) {
        return exchange.response(FetchResponseData.class)
                .responses()
                .get(0)
                .partitions()
                .get(0);
    }

    private FetchRequestData fetchRequest(long offset) {
        List<FetchPartition> partitions = new ArrayList<>();
        partitions.add(partition(0, offset));
        return new FetchRequestData()
                .setSessionEpoch(-1)
                .setMaxBytes(1 << 20)
                .setTopics(List.of(
                        new FetchTopic().setTopicId(broker.topicId("orders")).setPartitions(partitions)));
    }

    private static FetchRequestData incremental(int session, int epoch) {
        return new FetchRequestData()
                .setSessionId(session)
                .setSessionEpoch(epoch)
                .setMaxBytes(1 << 20);
    }

    private static FetchPartition partition(int index, long offset) {
        return new FetchPartition().setPartition(index).setFetchOffset(offset).setPartitionMaxBytes(1 << 20);
    }

    private static void epoch(FetchRequestData request, int epoch) {
        request.topics().get(0).partitions().get(0).setCurrentLeaderEpoch(epoch);
    }

    private static Errors error(PartitionData data) {
        return Errors.forCode(data.errorCode());
    }
}
