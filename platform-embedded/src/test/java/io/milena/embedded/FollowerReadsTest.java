package io.milena.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.DataInputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.RequestUtils;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three brokers in three racks: consumers read from the one near them (KIP-392), and answers tell who leads (KIP-951). */
@Timeout(60)
class FollowerReadsTest {
    @TempDir
    static Path directory;

    private static EmbeddedCluster cluster;
    private static Admin admin;
    private static ReplicatedTopic topic;
    private static Uuid topicId;

    @BeforeAll
    static void start() throws Exception {
        cluster = EmbeddedCluster.start(
                directory,
                0,
                Map.of(
                        "replica.selector.class",
                        "org.apache.kafka.common.replica.RackAwareReplicaSelector",
                        // A follower that learns of the high watermark only when its fetch times out would be late.
                        "replica.fetch.wait.max.ms",
                        "9000",
                        "replica.lag.time.max.ms",
                        "10000"));
        for (int id = 1; id <= 3; id++) {
            cluster.startBroker(id, Map.of("broker.rack", "rack-" + id));
        }
        admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()));
        topic = ReplicatedTopic.create(admin, cluster.bootstrapServers(), "near", List.of(1, 2, 3), Map.of());
        topicId = admin.describeTopics(List.of("near"))
                .allTopicNames()
                .get(10, TimeUnit.SECONDS)
                .get("near")
                .topicId();
    }

    @AfterAll
    static void stop() {
        admin.close();
        cluster.close();
    }

    private static long fetchedFrom(int broker) {
        return cluster.node(broker)
                .broker()
                .orElseThrow()
                .topicMeters()
                .of("near")
                .bytesOut();
    }

    @Test
    void aConsumerReadsFromTheFollowerInItsRackAndSeesNewRecordsSoon() throws Exception {
        topic.produce(10, 100);
        long leadersBefore = fetchedFrom(1);
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        cluster.bootstrapServers(),
                        ConsumerConfig.CLIENT_RACK_CONFIG,
                        "rack-2",
                        ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
                        5_000),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition("near", 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            await().until(() -> {
                consumer.poll(Duration.ofMillis(100));
                return consumer.position(partition) >= 10;
            });
            for (int i = 0; i < 5; i++) {
                long expected = consumer.position(partition) + 1;
                topic.produce(1, 100);
                long beganNs = System.nanoTime();
                await().until(() -> {
                    consumer.poll(Duration.ofMillis(100));
                    return consumer.position(partition) >= expected;
                });
                assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNs))
                        .as("ms until the record is seen, with fetches that wait for seconds")
                        .isLessThan(2_000);
            }
        }
        assertThat(fetchedFrom(2)).isGreaterThan(1_000);
        assertThat(fetchedFrom(1)).as("bytes of the leader's").isEqualTo(leadersBefore);
    }

    @Test
    void metadataTellsRacks() throws Exception {
        assertThat(admin.describeCluster().nodes().get(10, TimeUnit.SECONDS))
                .extracting(Node::rack)
                .containsExactlyInAnyOrder("rack-1", "rack-2", "rack-3");
    }

    @Test
    void newPartitionsSpreadOverRacks() throws Exception {
        ReplicatedTopic one =
                ReplicatedTopic.create(admin, cluster.bootstrapServers(), "spread", List.of(2, 3, 1), Map.of());
        assertThat(one.partition().replicas()).extracting(Node::rack).doesNotHaveDuplicates();
    }

    @Test
    void aProduceToAFollowerIsToldWhoLeadsAndWhere() throws Exception {
        MemoryRecords records = MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(new byte[1]));
        ProduceRequestData request =
                new ProduceRequestData().setAcks((short) -1).setTimeoutMs(1000);
        request.topicData()
                .add(new TopicProduceData()
                        .setTopicId(topicId)
                        .setPartitionData(
                                List.of(new PartitionProduceData().setIndex(0).setRecords(records))));

        ProduceResponseData answer = (ProduceResponseData) call(2, ApiKeys.PRODUCE, (short) 13, request);

        var partition =
                answer.responses().iterator().next().partitionResponses().get(0);
        assertThat(Errors.forCode(partition.errorCode())).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
        assertThat(partition.currentLeader().leaderId()).isEqualTo(1);
        assertThat(partition.currentLeader().leaderEpoch()).isGreaterThanOrEqualTo(0);
        assertThat(answer.nodeEndpoints().find(1).port()).isEqualTo(port(1));
    }

    @Test
    void aFetchInAnOldEpochIsToldTheNewOneAndWhoLeads() throws Exception {
        ReplicatedTopic moved =
                ReplicatedTopic.create(admin, cluster.bootstrapServers(), "moved", List.of(1, 2, 3), Map.of());
        Uuid id = admin.describeTopics(List.of("moved"))
                .allTopicNames()
                .get(10, TimeUnit.SECONDS)
                .get("moved")
                .topicId();
        cluster.stop(1);
        moved.awaitLeader(2);
        cluster.startBroker(1, Map.of("broker.rack", "rack-1"));
        moved.awaitInSync(1, 2, 3);

        for (int broker : List.of(1, 2)) {
            FetchResponseData answer = (FetchResponseData) call(broker, ApiKeys.FETCH, (short) 17, fetch(id, 0, 0));
            var partition = answer.responses().get(0).partitions().get(0);
            assertThat(Errors.forCode(partition.errorCode())).isEqualTo(Errors.FENCED_LEADER_EPOCH);
            assertThat(partition.currentLeader().leaderId()).isEqualTo(2);
            assertThat(partition.currentLeader().leaderEpoch()).isGreaterThan(0);
            assertThat(answer.nodeEndpoints().find(2).port()).isEqualTo(port(2));
        }
    }

    @Test
    void aFollowerAnswersOffsetsBeyondItsLogAsOutOfRange() throws Exception {
        FetchResponseData answer =
                (FetchResponseData) call(3, ApiKeys.FETCH, (short) 17, fetch(topicId, -1, 1_000_000));
        assertThat(Errors.forCode(answer.responses().get(0).partitions().get(0).errorCode()))
                .isEqualTo(Errors.OFFSET_OUT_OF_RANGE);
    }

    private static FetchRequestData fetch(Uuid id, int leaderEpoch, long offset) {
        return new FetchRequestData()
                .setMaxWaitMs(0)
                .setMinBytes(1)
                .setMaxBytes(1000)
                .setTopics(List.of(new FetchTopic()
                        .setTopicId(id)
                        .setPartitions(List.of(new FetchPartition()
                                .setPartition(0)
                                .setFetchOffset(offset)
                                .setCurrentLeaderEpoch(leaderEpoch)
                                .setPartitionMaxBytes(1000)))));
    }

    private static int port(int broker) throws Exception {
        return admin.describeCluster().nodes().get(10, TimeUnit.SECONDS).stream()
                .filter(node -> node.id() == broker)
                .findFirst()
                .orElseThrow()
                .port();
    }

    private static ApiMessage call(int broker, ApiKeys api, short version, ApiMessage request) throws Exception {
        RequestHeaderData header = new RequestHeaderData()
                .setRequestApiKey(api.id)
                .setRequestApiVersion(version)
                .setCorrelationId(7)
                .setClientId("raw");
        ByteBuffer bytes = RequestUtils.serialize(header, api.requestHeaderVersion(version), request, version);
        try (Socket socket = new Socket("127.0.0.1", port(broker))) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write(ByteBuffer.allocate(4 + bytes.remaining())
                            .putInt(bytes.remaining())
                            .put(bytes)
                            .array());
            DataInputStream in = new DataInputStream(socket.getInputStream());
            ByteBufferAccessor answer = new ByteBufferAccessor(ByteBuffer.wrap(in.readNBytes(in.readInt())));
            new ResponseHeaderData(answer, api.responseHeaderVersion(version));
            ApiMessage response = api.messageType.newResponse();
            response.read(answer, version);
            return response;
        }
    }
}
