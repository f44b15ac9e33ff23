package io.milena.broker.dataplane;

import static io.milena.broker.dataplane.ProduceClient.BY_ID;
import static io.milena.broker.dataplane.ProduceClient.BY_NAME;
import static io.milena.broker.dataplane.ProduceClient.answer;
import static io.milena.broker.dataplane.ProduceClient.batch;
import static io.milena.broker.dataplane.ProduceClient.error;
import static io.milena.broker.dataplane.ProduceClient.idempotent;
import static io.milena.broker.dataplane.ProduceClient.request;
import static io.milena.broker.dataplane.ProduceClient.two;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.milena.broker.partition.TestPartitions;
import io.milena.broker.replication.core.FollowerFetch;
import io.milena.wire.testing.FakeExchange;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Errors, limits and waiting of Produce, without sockets. */
class ProduceTest {
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
    void aBatchIsTakenByNameAndById() {
        assertThat(client.produce(BY_NAME, 1, batch("a")).baseOffset()).isZero();
        assertThat(client.produce(BY_ID, -1, batch("b", "c")).baseOffset()).isEqualTo(1);
        PartitionProduceResponse third = client.produce(BY_ID, -1, batch("d"));
        assertThat(third.baseOffset()).isEqualTo(3);
        assertThat(third.logStartOffset()).isZero();
        assertThat(third.logAppendTimeMs()).isEqualTo(-1);
        assertThat(broker.partition("orders", 0).meter().messagesIn()).isEqualTo(4);
    }

    @Test
    void ofAPartitionThatIsNamedTwiceTheLastBatchIsTaken() {
        // given a request with two batches for one partition, and its topic a second time
        ProduceRequestData request = request("orders", Uuid.ZERO_UUID, 0, 1, batch("first"));
        PartitionProduceData second = new PartitionProduceData().setIndex(0).setRecords(batch("second", "third"));
        PartitionProduceData other = new PartitionProduceData().setIndex(1).setRecords(batch("fourth"));
        request.topicData()
                .iterator()
                .next()
                .setPartitionData(List.of(new PartitionProduceData().setIndex(0).setRecords(batch("first")), second));
        request.topicData().add(new TopicProduceData().setName("orders").setPartitionData(List.of(other)));

        // when
        FakeExchange<ProduceRequestData> exchange = new FakeExchange<>(request, BY_NAME);
        broker.handle(ApiKeys.PRODUCE, exchange);

        // then
        ProduceResponseData answer = exchange.response(ProduceResponseData.class);
        assertThat(answer.responses())
                .singleElement()
                .satisfies(topic -> assertThat(topic.partitionResponses())
                        .extracting(PartitionProduceResponse::index, PartitionProduceResponse::errorCode)
                        .containsExactly(tuple(0, Errors.NONE.code()), tuple(1, Errors.NONE.code())));
        assertThat(broker.partition("orders", 0).log().logEndOffset()).isEqualTo(2);
        assertThat(broker.partition("orders", 1).log().logEndOffset()).isEqualTo(1);
    }

    @Test
    void unknownTopicsPartitionsAndAcksAreRefused() {
        assertThat(error(client.produceTo("nowhere", Uuid.ZERO_UUID, 0, BY_NAME, 1, batch("a"))))
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(error(client.produceTo("", Uuid.randomUuid(), 0, BY_ID, 1, batch("a"))))
                .isEqualTo(Errors.UNKNOWN_TOPIC_ID);
        assertThat(error(client.produceTo("orders", Uuid.ZERO_UUID, 9, BY_NAME, 1, batch("a"))))
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        PartitionProduceResponse acks = client.produce(BY_NAME, 2, batch("a"));
        assertThat(error(acks)).isEqualTo(Errors.INVALID_REQUIRED_ACKS);
        assertThat(acks.baseOffset()).isEqualTo(-1);
    }

    @Test
    void corruptAndIllFormedBatchesAreRefusedAndLeaveTheLogAlone() {
        MemoryRecords corrupt = batch("abc");
        corrupt.buffer().put(corrupt.sizeInBytes() - 2, (byte) 120);
        assertThat(error(client.produce(BY_NAME, 1, corrupt))).isEqualTo(Errors.CORRUPT_MESSAGE);

        MemoryRecords oldMagic =
                MemoryRecords.withRecords((byte) 1, Compression.NONE, new SimpleRecord("a".getBytes()));
        assertThat(error(client.produce(BY_NAME, 1, oldMagic))).isEqualTo(Errors.INVALID_RECORD);

        MemoryRecords transactional = MemoryRecords.withTransactionalRecords(
                Compression.NONE, 5L, (short) 0, 0, new SimpleRecord("a".getBytes()));
        assertThat(error(client.produce(BY_NAME, 1, transactional))).isEqualTo(Errors.INVALID_TXN_STATE);

        assertThat(error(client.produce(BY_NAME, 1, two(batch("a"), batch("b")))))
                .isEqualTo(Errors.INVALID_RECORD);
        assertThat(error(client.produce(BY_NAME, 1, MemoryRecords.EMPTY))).isEqualTo(Errors.INVALID_RECORD);
        assertThat(broker.partition("orders", 0).log().logEndOffset()).isZero();
    }

    /** Broken lengths, and bytes behind a batch, as Kafka's broker answers them. */
    @Test
    void lengthsThatLieAndBytesBehindABatchAreAnsweredAsKafkaDoes() {
        // given lengths, and what Kafka says of them
        int whole = batch("abc").sizeInBytes() - 12;
        int[] lengths = {whole + 1, Integer.MAX_VALUE, 13, -1, Integer.MIN_VALUE, 20};
        Errors[] answers = {
            Errors.INVALID_RECORD,
            Errors.INVALID_RECORD,
            Errors.CORRUPT_MESSAGE,
            Errors.CORRUPT_MESSAGE,
            Errors.CORRUPT_MESSAGE,
            Errors.CORRUPT_MESSAGE
        };
        for (int i = 0; i < lengths.length; i++) {
            MemoryRecords lying = batch("abc");
            lying.buffer().putInt(8, lengths[i]);

            // when
            PartitionProduceResponse answer = client.produce(BY_NAME, 1, lying);

            // then
            assertThat(error(answer)).as("length %s", lengths[i]).isEqualTo(answers[i]);
            assertThat(answer.errorMessage() != null)
                    .as("a message, as Kafka has it, where the header cannot be read at all")
                    .isEqualTo(answers[i] == Errors.CORRUPT_MESSAGE);
        }
        assertThat(error(client.produce(BY_NAME, 1, followed(batch("abc"), new byte[11]))))
                .isEqualTo(Errors.NONE);
        byte[] torn = new byte[40];
        ByteBuffer.wrap(torn).putInt(8, 100).put(16, (byte) 2);
        assertThat(error(client.produce(BY_NAME, 1, followed(batch("abc"), torn))))
                .isEqualTo(Errors.NONE);
        assertThat(broker.partition("orders", 0).log().logEndOffset()).isEqualTo(2);
    }

    private static MemoryRecords followed(MemoryRecords records, byte[] more) {
        ByteBuffer all = ByteBuffer.allocate(records.sizeInBytes() + more.length);
        all.put(records.buffer().duplicate()).put(more).flip();
        return MemoryRecords.readableRecords(all);
    }

    @Test
    void aRepeatedBatchIsAnsweredWithItsFirstOffsetAndWrittenOnce() {
        for (int i = 0; i < 6; i++) {
            assertThat(client.produce(BY_NAME, -1, idempotent(0, i * 2, "a", "b"))
                            .baseOffset())
                    .isEqualTo(i * 2L);
        }
        PartitionProduceResponse again = client.produce(BY_NAME, -1, idempotent(0, 4, "a", "b"));
        assertThat(error(again)).isEqualTo(Errors.NONE);
        assertThat(again.baseOffset()).isEqualTo(4);
        assertThat(broker.partition("orders", 0).log().logEndOffset()).isEqualTo(12);
        assertThat(broker.partition("orders", 0).meter().messagesIn()).isEqualTo(12);

        assertThat(error(client.produce(BY_NAME, -1, idempotent(0, 0, "a", "b"))))
                .as("older than the five batches that are remembered")
                .isIn(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER, Errors.DUPLICATE_SEQUENCE_NUMBER);
        assertThat(error(client.produce(BY_NAME, -1, idempotent(0, 20, "a"))))
                .isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(error(client.produce(BY_NAME, -1, idempotent(1, 0, "a")))).isEqualTo(Errors.NONE);
        assertThat(error(client.produce(BY_NAME, -1, idempotent(0, 12, "a")))).isEqualTo(Errors.INVALID_PRODUCER_EPOCH);
        assertThat(broker.partition("orders", 0).log().logEndOffset()).isEqualTo(13);
    }

    @Test
    void internalTopicsAreForTheAdminClientOnly() {
        broker.topic("__consumer_offsets", 1);
        ProduceRequestData request = request("__consumer_offsets", Uuid.ZERO_UUID, 0, 1, batch("a"));
        FakeExchange<ProduceRequestData> stranger = new FakeExchange<>(request, BY_NAME);
        broker.handle(ApiKeys.PRODUCE, stranger);
        assertThat(error(answer(stranger))).isEqualTo(Errors.INVALID_TOPIC_EXCEPTION);

        MemoryRecords unreadable = batch("abc");
        ByteBuffer bytes = unreadable.buffer();
        bytes.put(bytes.limit() - 1, (byte) 9);
        java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
        crc.update(bytes.duplicate().position(21));
        bytes.putInt(17, (int) crc.getValue());
        FakeExchange<ProduceRequestData> careless = new FakeExchange<>(
                        request("__consumer_offsets", Uuid.ZERO_UUID, 0, 1, unreadable), BY_NAME)
                .withClientId("__admin_client");
        broker.handle(ApiKeys.PRODUCE, careless);
        assertThat(error(answer(careless))).isEqualTo(Errors.INVALID_RECORD);

        ProduceRequestData again = request("__consumer_offsets", Uuid.ZERO_UUID, 0, 1, batch("a"));
        FakeExchange<ProduceRequestData> admin = new FakeExchange<>(again, BY_NAME).withClientId("__admin_client");
        broker.handle(ApiKeys.PRODUCE, admin);
        assertThat(error(answer(admin))).isEqualTo(Errors.NONE);
    }

    @Test
    void withoutAcksAnErrorClosesTheConnection() {
        FakeExchange<ProduceRequestData> good =
                new FakeExchange<>(request("orders", Uuid.ZERO_UUID, 0, 0, batch("a")), BY_NAME);
        broker.handle(ApiKeys.PRODUCE, good);
        assertThat(good.isAnswered()).isTrue();
        assertThat(good.wasClosed()).isFalse();

        FakeExchange<ProduceRequestData> bad =
                new FakeExchange<>(request("nowhere", Uuid.ZERO_UUID, 0, 0, batch("a")), BY_NAME);
        broker.handle(ApiKeys.PRODUCE, bad);
        assertThat(bad.wasClosed()).isTrue();
    }

    @Test
    void tooFewInSyncReplicasRefuseAcksAllBeforeTheAppend() {
        Uuid id = Uuid.randomUuid();
        broker.topic("safe", 0, Map.of("min.insync.replicas", "2"));
        host("safe", id, List.of(1, 2), List.of(1), 0);

        assertThat(error(client.produceTo("safe", id, 0, BY_NAME, -1, batch("a"))))
                .isEqualTo(Errors.NOT_ENOUGH_REPLICAS);
        assertThat(broker.partition("safe", 0).log().logEndOffset()).isZero();

        assertThat(error(client.produceTo("safe", id, 0, BY_NAME, 1, batch("a"))))
                .isEqualTo(Errors.NONE);
        assertThat(broker.partition("safe", 0).log().highWatermark())
                .as("the high watermark stands still below min.insync.replicas (KIP-966)")
                .isZero();
    }

    @Test
    void acksAllWaitsForTheFollowersFetch() {
        Uuid id = Uuid.randomUuid();
        host("pair", id, List.of(1, 2), List.of(1, 2), 0);

        FakeExchange<ProduceRequestData> waiting = new FakeExchange<>(request("pair", id, 0, -1, batch("a")), BY_NAME);
        broker.handle(ApiKeys.PRODUCE, waiting);
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
        broker.handle(ApiKeys.PRODUCE, impatient);
        await().until(impatient::isAnswered);
        assertThat(error(answer(impatient))).isEqualTo(Errors.REQUEST_TIMED_OUT);

        FakeExchange<ProduceRequestData> deposed = new FakeExchange<>(request("pair", id, 0, -1, batch("b")), BY_NAME);
        broker.handle(ApiKeys.PRODUCE, deposed);
        TestPartitions.host(broker.plane().registry(), "pair", id, 0, 2, 1, List.of(1, 2));
        assertThat(error(answer(deposed))).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
    }

    private void host(String topic, Uuid id, List<Integer> replicas, List<Integer> isr, int epoch) {
        TestPartitions.host(broker.plane().registry(), topic, id, 0, TestBroker.ID, epoch, replicas, isr);
    }
}
