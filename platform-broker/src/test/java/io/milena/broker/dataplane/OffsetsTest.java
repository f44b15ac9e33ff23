package io.milena.broker.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.broker.partition.Partition;
import io.milena.broker.partition.TestPartitions;
import io.milena.log.AppendOrigin;
import io.milena.wire.testing.FakeExchange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsPartition;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsTopic;
import org.apache.kafka.common.message.DeleteRecordsResponseData;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.DescribeProducersResponseData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.ListOffsetsRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** ListOffsets, DeleteRecords and DescribeProducers on a broker whose partitions have other replicas, or a failed disk. */
class OffsetsTest {
    private static final int CONSUMER = ListOffsetsRequest.CONSUMER_REPLICA_ID;
    private static final Uuid REPLICATED = new Uuid(5, 5);

    @TempDir
    Path directory;

    private TestBroker broker;

    @BeforeEach
    void start() {
        broker = new TestBroker(directory);
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    @Test
    void aNewLeaderTellsNoEndBeforeItsHighWatermarkHasReachedItsEpoch() {
        // given a leader elected anew, whose follower has not fetched: three records, none known to be committed
        lead(0);
        append("t", 3);
        lead(1);

        // then the end is not told to consumers, in the error that each version knows
        for (int version = 1; version <= 11; version++) {
            Errors expected = version >= 5 ? Errors.OFFSET_NOT_AVAILABLE : Errors.LEADER_NOT_AVAILABLE;
            assertThat(error(ListOffsetsRequest.LATEST_TIMESTAMP, CONSUMER, version))
                    .as("version %d", version)
                    .isEqualTo(expected);
        }
        // nor what lies beyond the high watermark
        assertThat(error(ListOffsetsRequest.MAX_TIMESTAMP, CONSUMER, 7)).isEqualTo(Errors.OFFSET_NOT_AVAILABLE);
        assertThat(error(0, CONSUMER, 7)).isEqualTo(Errors.OFFSET_NOT_AVAILABLE);

        // but the beginning is, and so is the end to others than consumers
        assertThat(ask(ListOffsetsRequest.EARLIEST_TIMESTAMP, CONSUMER, 7).offset())
                .isZero();
        assertThat(error(ListOffsetsRequest.LATEST_TIERED_TIMESTAMP, CONSUMER, 9))
                .isEqualTo(Errors.NONE);
        assertThat(ask(ListOffsetsRequest.LATEST_TIMESTAMP, 2, 7).offset()).isEqualTo(3);
        assertThat(ask(ListOffsetsRequest.LATEST_TIMESTAMP, ListOffsetsRequest.DEBUGGING_REPLICA_ID, 7)
                        .offset())
                .isEqualTo(3);

        // when it is the only one in sync
        TestPartitions.host(broker.plane().registry(), "t", REPLICATED, 0, TestBroker.ID, 2, List.of(1, 2), List.of(1));

        // then
        assertThat(ask(ListOffsetsRequest.LATEST_TIMESTAMP, CONSUMER, 7).offset())
                .isEqualTo(3);
    }

    @Test
    void aLeaderOfItsFirstEpochTellsTheEndAtOnce() {
        // given
        lead(0);
        append("t", 3);

        // then its high watermark is behind, as ever, but not behind its epoch
        assertThat(ask(ListOffsetsRequest.LATEST_TIMESTAMP, CONSUMER, 7).offset())
                .isZero();
        assertThat(error(ListOffsetsRequest.LATEST_TIMESTAMP, CONSUMER, 7)).isEqualTo(Errors.NONE);
    }

    @Test
    void followersDescribeTheirProducersToo() {
        // given
        lead(0);
        MemoryRecords records =
                MemoryRecords.withIdempotentRecords(Compression.NONE, 77L, (short) 3, 0, new SimpleRecord(new byte[1]));
        broker.partition("t", 0).append(records, false, AppendOrigin.CLIENT);

        // when another broker leads
        TestPartitions.host(broker.plane().registry(), "t", REPLICATED, 0, 2, 1, List.of(1, 2));
        FakeExchange<DescribeProducersRequestData> exchange = new FakeExchange<>(
                new DescribeProducersRequestData()
                        .setTopics(List.of(new DescribeProducersRequestData.TopicRequest()
                                .setName("t")
                                .setPartitionIndexes(List.of(0)))),
                0);
        broker.handle(ApiKeys.DESCRIBE_PRODUCERS, exchange);

        // then
        DescribeProducersResponseData.PartitionResponse answer = exchange.response(DescribeProducersResponseData.class)
                .topics()
                .get(0)
                .partitions()
                .get(0);
        assertThat(Errors.forCode(answer.errorCode())).isEqualTo(Errors.NONE);
        assertThat(answer.activeProducers())
                .singleElement()
                .satisfies(producer -> assertThat(producer.producerId()).isEqualTo(77L));
    }

    @Test
    void aFailedDirectoryFailsTheRecordsToDeleteOfItsPartitionsOnly() throws IOException {
        // given a partition whose directory has failed
        broker.topic("t", 1, Map.of("segment.bytes", "200"));
        append("t", 1);
        deleteEverythingIn(directory);
        try {
            append("t", 3);
        } catch (RuntimeException failed) {
            assertThat(failed).hasMessageContaining("t-0");
        }
        assertThat(broker.plane().registry().directories().offline()).hasSize(1);
        broker.partition("t", 0).exchangeLog(any -> null);

        // when records of it and of an unknown partition are to be deleted
        FakeExchange<DeleteRecordsRequestData> exchange = new FakeExchange<>(
                new DeleteRecordsRequestData()
                        .setTimeoutMs(10_000)
                        .setTopics(List.of(
                                new DeleteRecordsTopic()
                                        .setName("t")
                                        .setPartitions(List.of(new DeleteRecordsPartition().setOffset(0))),
                                new DeleteRecordsTopic()
                                        .setName("unknown")
                                        .setPartitions(List.of(new DeleteRecordsPartition().setOffset(0))))),
                2);
        broker.handle(ApiKeys.DELETE_RECORDS, exchange);

        // then each has its own answer
        assertThat(exchange.response(DeleteRecordsResponseData.class).topics())
                .extracting(topic ->
                        Errors.forCode(topic.partitions().iterator().next().errorCode()))
                .containsExactlyInAnyOrder(Errors.KAFKA_STORAGE_ERROR, Errors.UNKNOWN_TOPIC_OR_PARTITION);
    }

    @Test
    void aPartitionNamedTwiceIsAnsweredOnceAndATopicWithoutPartitionsNotAtAll() {
        // given
        broker.topic("t", 1, Map.of());
        ListOffsetsPartition latest = new ListOffsetsPartition()
                .setPartitionIndex(0)
                .setCurrentLeaderEpoch(-1)
                .setTimestamp(ListOffsetsRequest.LATEST_TIMESTAMP);

        // when
        FakeExchange<ListOffsetsRequestData> listed = new FakeExchange<>(
                new ListOffsetsRequestData()
                        .setReplicaId(CONSUMER)
                        .setTopics(List.of(
                                new ListOffsetsTopic().setName("t").setPartitions(List.of(latest, latest)),
                                new ListOffsetsTopic().setName("u"))),
                7);
        broker.handle(ApiKeys.LIST_OFFSETS, listed);
        FakeExchange<DeleteRecordsRequestData> deleted = new FakeExchange<>(
                new DeleteRecordsRequestData()
                        .setTimeoutMs(10_000)
                        .setTopics(List.of(
                                new DeleteRecordsTopic()
                                        .setName("t")
                                        .setPartitions(List.of(
                                                new DeleteRecordsPartition().setOffset(99),
                                                new DeleteRecordsPartition().setOffset(98))),
                                new DeleteRecordsTopic()
                                        .setName("t")
                                        .setPartitions(List.of(new DeleteRecordsPartition().setOffset(0))),
                                new DeleteRecordsTopic().setName("u"))),
                2);
        broker.handle(ApiKeys.DELETE_RECORDS, deleted);

        // then
        assertThat(listed.response(ListOffsetsResponseData.class).topics())
                .singleElement()
                .satisfies(topic -> assertThat(topic.partitions())
                        .singleElement()
                        .satisfies(partition -> assertThat(Errors.forCode(partition.errorCode()))
                                .isEqualTo(Errors.INVALID_REQUEST)));
        assertThat(deleted.response(DeleteRecordsResponseData.class).topics())
                .singleElement()
                .satisfies(topic -> assertThat(topic.partitions())
                        .singleElement()
                        .satisfies(partition -> assertThat(Errors.forCode(partition.errorCode()))
                                .isEqualTo(Errors.NONE)));
    }

    @Test
    void aTimestampBelowTheLastWithAMeaningIsUnsupported() {
        broker.topic("t", 1, Map.of());
        assertThat(error(-7, CONSUMER, 11)).isEqualTo(Errors.UNSUPPORTED_VERSION);
        assertThat(error(Long.MIN_VALUE, CONSUMER, 11)).isEqualTo(Errors.UNSUPPORTED_VERSION);
        assertThat(error(-6, CONSUMER, 11)).isEqualTo(Errors.NONE);
    }

    private static void deleteEverythingIn(Path directory) throws IOException {
        try (Stream<Path> entries = Files.walk(directory)) {
            for (Path each : entries.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    private void lead(int epoch) {
        TestPartitions.host(broker.plane().registry(), "t", REPLICATED, 0, TestBroker.ID, epoch, List.of(1, 2));
    }

    private void append(String topic, int records) {
        Partition partition = broker.partition(topic, 0);
        for (int i = 0; i < records; i++) {
            partition.append(
                    MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(1_000 + i, new byte[50])),
                    false,
                    AppendOrigin.CLIENT);
        }
    }

    private Errors error(long timestamp, int replicaId, int version) {
        return Errors.forCode(ask(timestamp, replicaId, version).errorCode());
    }

    private ListOffsetsPartitionResponse ask(long timestamp, int replicaId, int version) {
        ListOffsetsRequestData request = new ListOffsetsRequestData()
                .setReplicaId(replicaId)
                .setTopics(List.of(new ListOffsetsTopic()
                        .setName("t")
                        .setPartitions(List.of(new ListOffsetsPartition()
                                .setPartitionIndex(0)
                                .setCurrentLeaderEpoch(-1)
                                .setTimestamp(timestamp)))));
        FakeExchange<ListOffsetsRequestData> exchange = new FakeExchange<>(request, version);
        broker.handle(ApiKeys.LIST_OFFSETS, exchange);
        return exchange.response(ListOffsetsResponseData.class)
                .topics()
                .get(0)
                .partitions()
                .get(0);
    }
}
