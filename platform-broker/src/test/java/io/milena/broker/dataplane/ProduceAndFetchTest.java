package io.milena.broker.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.milena.broker.partition.TestPartitions;
import io.milena.broker.replication.core.FollowerFetch;
import io.milena.wire.ApiHandler;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Errors, limits and waiting of Produce and Fetch, without sockets. */
class ProduceAndFetchTest {
    private static final int BY_NAME = 12;
    private static final int BY_ID = 13;
    private static final int FETCH_BY_ID = 17;

    @TempDir
    Path directory;

    private TestBroker broker;

    @BeforeEach
    void start() {
        broker = new TestBroker(directory);
        broker.topic("orders", 2);
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    @Test
    void aBatchIsTakenByNameAndById() {
        assertThat(produce(BY_NAME, 1, batch("a")).baseOffset()).isZero();
        assertThat(produce(BY_ID, -1, batch("b", "c")).baseOffset()).isEqualTo(1);
        PartitionProduceResponse third = produce(BY_ID, -1, batch("d"));
        assertThat(third.baseOffset()).isEqualTo(3);
        assertThat(third.logStartOffset()).isZero();
        assertThat(third.logAppendTimeMs()).isEqualTo(-1);
        assertThat(broker.partition("orders", 0).meter().messagesIn()).isEqualTo(4);
    }

    @Test
    void unknownTopicsPartitionsAndAcksAreRefused() {
        assertThat(error(produceTo("nowhere", Uuid.ZERO_UUID, 0, BY_NAME, 1, batch("a"))))
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(error(produceTo("", Uuid.randomUuid(), 0, BY_ID, 1, batch("a"))))
                .isEqualTo(Errors.UNKNOWN_TOPIC_ID);
        assertThat(error(produceTo("orders", Uuid.ZERO_UUID, 9, BY_NAME, 1, batch("a"))))
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        PartitionProduceResponse acks = produce(BY_NAME, 2, batch("a"));
        assertThat(error(acks)).isEqualTo(Errors.INVALID_REQUIRED_ACKS);
        assertThat(acks.baseOffset()).isEqualTo(-1);
    }

    @Test
    void corruptAndIllFormedBatchesAreRefusedAndLeaveTheLogAlone() {
        MemoryRecords corrupt = batch("abc");
        corrupt.buffer().put(corrupt.sizeInBytes() - 2, (byte) 120);
        assertThat(error(produce(BY_NAME, 1, corrupt))).isEqualTo(Errors.CORRUPT_MESSAGE);

        MemoryRecords oldMagic =
                MemoryRecords.withRecords((byte) 1, Compression.NONE, new SimpleRecord("a".getBytes()));
        assertThat(error(produce(BY_NAME, 1, oldMagic))).isEqualTo(Errors.INVALID_RECORD);

        MemoryRecords transactional = MemoryRecords.withTransactionalRecords(
                Compression.NONE, 5L, (short) 0, 0, new SimpleRecord("a".getBytes()));
        assertThat(error(produce(BY_NAME, 1, transactional))).isEqualTo(Errors.INVALID_TXN_STATE);

        assertThat(error(produce(BY_NAME, 1, two(batch("a"), batch("b"))))).isEqualTo(Errors.INVALID_RECORD);
        assertThat(error(produce(BY_NAME, 1, MemoryRecords.EMPTY))).isEqualTo(Errors.INVALID_RECORD);
        assertThat(broker.partition("orders", 0).log().logEndOffset()).isZero();
    }

    @Test
    void aRepeatedBatchIsAnsweredWithItsFirstOffsetAndWrittenOnce() {
        for (int i = 0; i < 6; i++) {
            assertThat(produce(BY_NAME, -1, idempotent(0, i * 2, "a", "b")).baseOffset())
                    .isEqualTo(i * 2L);
        }
        PartitionProduceResponse again = produce(BY_NAME, -1, idempotent(0, 4, "a", "b"));
        assertThat(error(again)).isEqualTo(Errors.NONE);
        assertThat(again.baseOffset()).isEqualTo(4);
        assertThat(broker.partition("orders", 0).log().logEndOffset()).isEqualTo(12);
        assertThat(broker.partition("orders", 0).meter().messagesIn()).isEqualTo(12);

        assertThat(error(produce(BY_NAME, -1, idempotent(0, 0, "a", "b"))))
                .as("older than the five batches that are remembered")
                .isIn(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER, Errors.DUPLICATE_SEQUENCE_NUMBER);
        assertThat(error(produce(BY_NAME, -1, idempotent(0, 20, "a")))).isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(error(produce(BY_NAME, -1, idempotent(1, 0, "a")))).isEqualTo(Errors.NONE);
        assertThat(error(produce(BY_NAME, -1, idempotent(0, 12, "a")))).isEqualTo(Errors.INVALID_PRODUCER_EPOCH);
        assertThat(broker.partition("orders", 0).log().logEndOffset()).isEqualTo(13);
    }

    @Test
    void internalTopicsAreForTheAdminClientOnly() {
        broker.topic("__consumer_offsets", 1);
        ProduceRequestData request = request("__consumer_offsets", Uuid.ZERO_UUID, 0, 1, batch("a"));
        FakeExchange<ProduceRequestData> stranger = new FakeExchange<>(request, BY_NAME);
        handle(ApiKeys.PRODUCE, stranger);
        assertThat(error(answer(stranger))).isEqualTo(Errors.INVALID_TOPIC_EXCEPTION);

        ProduceRequestData again = request("__consumer_offsets", Uuid.ZERO_UUID, 0, 1, batch("a"));
        FakeExchange<ProduceRequestData> admin = new FakeExchange<>(again, BY_NAME).withClientId("__admin_client");
        handle(ApiKeys.PRODUCE, admin);
        assertThat(error(answer(admin))).isEqualTo(Errors.NONE);
    }

    @Test
    void withoutAcksAnErrorClosesTheConnection() {
        FakeExchange<ProduceRequestData> good =
                new FakeExchange<>(request("orders", Uuid.ZERO_UUID, 0, 0, batch("a")), BY_NAME);
        handle(ApiKeys.PRODUCE, good);
        assertThat(good.isAnswered()).isTrue();
        assertThat(good.wasClosed()).isFalse();

        FakeExchange<ProduceRequestData> bad =
                new FakeExchange<>(request("nowhere", Uuid.ZERO_UUID, 0, 0, batch("a")), BY_NAME);
        handle(ApiKeys.PRODUCE, bad);
        assertThat(bad.wasClosed()).isTrue();
    }

    @Test
    void tooFewInSyncReplicasRefuseAcksAllBeforeTheAppend() {
        Uuid id = Uuid.randomUuid();
        broker.topic("safe", 0, Map.of("min.insync.replicas", "2"));
        host("safe", id, List.of(1, 2), List.of(1), 0);

        assertThat(error(produceTo("safe", id, 0, BY_NAME, -1, batch("a")))).isEqualTo(Errors.NOT_ENOUGH_REPLICAS);
        assertThat(broker.partition("safe", 0).log().logEndOffset()).isZero();

        assertThat(error(produceTo("safe", id, 0, BY_NAME, 1, batch("a")))).isEqualTo(Errors.NONE);
        assertThat(broker.partition("safe", 0).log().highWatermark())
                .as("the high watermark stands still below min.insync.replicas (KIP-966)")
                .isZero();
    }

    @Test
    void acksAllWaitsForTheFollowersFetch() {
        Uuid id = Uuid.randomUuid();
        host("pair", id, List.of(1, 2), List.of(1, 2), 0);

        FakeExchange<ProduceRequestData> waiting = new FakeExchange<>(request("pair", id, 0, -1, batch("a")), BY_NAME);
        handle(ApiKeys.PRODUCE, waiting);
        assertThat(waiting.isAnswered()).isFalse();
        assertThat(broker.plane().waitingProduces()).isEqualTo(1);

        broker.partition("pair", 0).inSyncReplicas().fetched(new FollowerFetch(2, -1, 1, 0, -1), 0);

        assertThat(error(answer(waiting))).isEqualTo(Errors.NONE);
        assertThat(broker.plane().waitingProduces()).isZero();
        assertThat(broker.partition("pair", 0).watcherCount()).isZero();
    }

    @Test
    void aWaitingProduceEndsWithItsTimeOrWithTheLeadership() {
        Uuid id = Uuid.randomUuid();
        host("pair", id, List.of(1, 2), List.of(1, 2), 0);
        FakeExchange<ProduceRequestData> impatient =
                new FakeExchange<>(request("pair", id, 0, -1, batch("a")).setTimeoutMs(10), BY_NAME);
        handle(ApiKeys.PRODUCE, impatient);
        await().until(impatient::isAnswered);
        assertThat(error(answer(impatient))).isEqualTo(Errors.REQUEST_TIMED_OUT);

        FakeExchange<ProduceRequestData> deposed = new FakeExchange<>(request("pair", id, 0, -1, batch("b")), BY_NAME);
        handle(ApiKeys.PRODUCE, deposed);
        TestPartitions.host(broker.plane().registry(), "pair", id, 0, 2, 1, List.of(1, 2));
        assertThat(error(answer(deposed))).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
    }

    @Test
    void theFirstBatchComesWholeAndTheRestWithinTheLimits() {
        for (int i = 0; i < 5; i++) {
            produce(BY_NAME, 1, batch("x".repeat(1_000)));
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
        produce(BY_NAME, 1, batch("a"));
        assertThat(error(fetch(7, request -> {}))).isEqualTo(Errors.OFFSET_OUT_OF_RANGE);
        assertThat(error(fetch(0, request -> epoch(request, 3)))).isEqualTo(Errors.UNKNOWN_LEADER_EPOCH);
        assertThat(error(fetch(0, request -> epoch(request, 0)))).isEqualTo(Errors.NONE);
        TestPartitions.host(broker.plane().registry(), "orders", broker.topicId("orders"), 0, 1, 2, List.of(1));
        assertThat(error(fetch(0, request -> epoch(request, 0)))).isEqualTo(Errors.FENCED_LEADER_EPOCH);
    }

    @Test
    void aDivergingEpochIsTold() {
        produce(BY_NAME, 1, batch("a", "b"));
        TestPartitions.host(broker.plane().registry(), "orders", broker.topicId("orders"), 0, 1, 4, List.of(1));
        produce(BY_NAME, 1, batch("c"));

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
        handle(ApiKeys.FETCH, waiting);
        assertThat(waiting.isAnswered()).isFalse();

        produce(BY_NAME, 1, batch("abc"));
        assertThat(waiting.isAnswered()).isFalse();
        produce(BY_NAME, 1, batch("abc"));

        assertThat(data(waiting).records().sizeInBytes()).isEqualTo(2 * batch);
        assertThat(broker.plane().parkedFetches()).isZero();
        assertThat(broker.partition("orders", 0).watcherCount()).isZero();

        FakeExchange<FetchRequestData> late =
                new FakeExchange<>(fetchRequest(2).setMinBytes(1).setMaxWaitMs(20), FETCH_BY_ID);
        handle(ApiKeys.FETCH, late);
        await().until(late::isAnswered);
        assertThat(data(late).records().sizeInBytes()).isZero();
    }

    @Test
    void aParkedFetchIsToldWhenItsTopicGoes() {
        FakeExchange<FetchRequestData> waiting =
                new FakeExchange<>(fetchRequest(0).setMinBytes(1).setMaxWaitMs(60_000), FETCH_BY_ID);
        handle(ApiKeys.FETCH, waiting);

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

        produce(BY_NAME, 1, batch("a"));
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
                    loop.execute(() -> handle(ApiKeys.FETCH, exchange));
                }
                produce(BY_NAME, 1, batch("round " + round));
            }
            await().untilAsserted(() -> assertThat(all).allMatch(FakeExchange::isAnswered));
            assertThat(broker.plane().parkedFetches()).isZero();
            assertThat(broker.partition("orders", 0).watcherCount()).isZero();
        } finally {
            loop.shutdownNow();
        }
    }

    private void host(String topic, Uuid id, List<Integer> replicas, List<Integer> isr, int epoch) {
        TestPartitions.host(broker.plane().registry(), topic, id, 0, TestBroker.ID, epoch, replicas, isr);
    }

    private interface Change {
        void to(FetchRequestData request);
    }

    private PartitionData fetch(long offset, Change change) {
        FetchRequestData request = fetchRequest(offset);
        change.to(request);
        FakeExchange<FetchRequestData> exchange = new FakeExchange<>(request, FETCH_BY_ID);
        handle(ApiKeys.FETCH, exchange);
        return data(exchange);
    }

    private FetchResponseData fetched(FetchRequestData request) {
        FakeExchange<FetchRequestData> exchange = new FakeExchange<>(request, FETCH_BY_ID);
        handle(ApiKeys.FETCH, exchange);
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

    private PartitionProduceResponse produce(int version, int acks, MemoryRecords records) {
        return produceTo("orders", broker.topicId("orders"), 0, version, acks, records);
    }

    private PartitionProduceResponse produceTo(
            String topic, Uuid id, int partition, int version, int acks, MemoryRecords records) {
        FakeExchange<ProduceRequestData> exchange =
                new FakeExchange<>(request(topic, id, partition, acks, records), version);
        handle(ApiKeys.PRODUCE, exchange);
        return answer(exchange);
    }

    private static PartitionProduceResponse answer(FakeExchange<ProduceRequestData> exchange) {
        return exchange.response(ProduceResponseData.class)
                .responses()
                .iterator()
                .next()
                .partitionResponses()
                .get(0);
    }

    private static ProduceRequestData request(String topic, Uuid id, int partition, int acks, MemoryRecords records) {
        ProduceRequestData request =
                new ProduceRequestData().setAcks((short) acks).setTimeoutMs(30_000);
        request.topicData()
                .add(new TopicProduceData()
                        .setName(topic)
                        .setTopicId(id)
                        .setPartitionData(List.of(
                                new PartitionProduceData().setIndex(partition).setRecords(records))));
        return request;
    }

    private static MemoryRecords batch(String... values) {
        SimpleRecord[] records = new SimpleRecord[values.length];
        for (int i = 0; i < values.length; i++) {
            records[i] = new SimpleRecord(System.currentTimeMillis(), values[i].getBytes());
        }
        return MemoryRecords.withRecords(Compression.NONE, records);
    }

    private static MemoryRecords idempotent(int epoch, int sequence, String... values) {
        SimpleRecord[] records = new SimpleRecord[values.length];
        for (int i = 0; i < values.length; i++) {
            records[i] = new SimpleRecord(System.currentTimeMillis(), values[i].getBytes());
        }
        return MemoryRecords.withIdempotentRecords(Compression.NONE, 77L, (short) epoch, sequence, records);
    }

    private static MemoryRecords two(MemoryRecords first, MemoryRecords second) {
        ByteBuffer both = ByteBuffer.allocate(first.sizeInBytes() + second.sizeInBytes());
        both.put(first.buffer()).put(second.buffer()).flip();
        return MemoryRecords.readableRecords(both);
    }

    private static Errors error(PartitionProduceResponse answer) {
        return Errors.forCode(answer.errorCode());
    }

    private static Errors error(PartitionData data) {
        return Errors.forCode(data.errorCode());
    }

    @SuppressWarnings("unchecked")
    private <Q extends ApiMessage> void handle(ApiKeys api, FakeExchange<Q> exchange) {
        ApiHandler<Q> handler = (ApiHandler<Q>) broker.plane().handlers().stream()
                .filter(candidate -> candidate.api() == api)
                .findFirst()
                .orElseThrow();
        handler.handle(exchange);
    }
}
