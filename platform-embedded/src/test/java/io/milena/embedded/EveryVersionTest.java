package io.milena.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.RequestUtils;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Every version of every API that ApiVersions tells of gets an answer that can be read at that version: a field filled in that an old
 * version does not have would cost the client its connection.
 */
class EveryVersionTest {
    private static final String TOPIC = "versions";
    private static EmbeddedNode node;
    private static Uuid topicId;

    @BeforeAll
    static void startNode() throws Exception {
        node = EmbeddedNode.builder().property("num.partitions", "2").start();
        Map<String, Object> config = Map.of("bootstrap.servers", node.bootstrapServers());
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>(TOPIC, 0, "key", "value")).get(20, TimeUnit.SECONDS);
        }
        topicId = node.node().image().topics().topic(TOPIC).orElseThrow().id();
    }

    @AfterAll
    static void stopNode() {
        node.close();
    }

    @Test
    void everyAdvertisedVersionIsAnswered() throws Exception {
        List<String> silent = new ArrayList<>();
        for (ApiVersionsResponseData.ApiVersion range : advertised()) {
            ApiKeys api = ApiKeys.forId(range.apiKey());
            short lowest = api == ApiKeys.PRODUCE ? 3 : range.minVersion(); // 0-2 are told for librdkafka and refused
            for (short version = lowest; version <= range.maxVersion(); version++) {
                try {
                    call(api, version, request(api, version));
                } catch (IOException | RuntimeException unanswered) {
                    silent.add(api + " version " + version + ": " + unanswered);
                }
            }
        }
        assertThat(silent).isEmpty();
    }

    private static Iterable<ApiVersionsResponseData.ApiVersion> advertised() throws IOException {
        ApiVersionsResponseData answer = (ApiVersionsResponseData)
                call(ApiKeys.API_VERSIONS, (short) 0, ApiKeys.API_VERSIONS.messageType.newRequest());
        assertThat(answer.apiKeys()).hasSizeGreaterThan(40);
        return answer.apiKeys();
    }

    private static ApiMessage call(ApiKeys api, short version, ApiMessage request) throws IOException {
        RequestHeaderData header = new RequestHeaderData()
                .setRequestApiKey(api.id)
                .setRequestApiVersion(version)
                .setCorrelationId(7)
                .setClientId("every-version");
        ByteBuffer bytes = RequestUtils.serialize(header, api.requestHeaderVersion(version), request, version);
        String[] address = node.bootstrapServers().split(":");
        try (Socket socket = new Socket(address[0], Integer.parseInt(address[1]))) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write(ByteBuffer.allocate(4 + bytes.remaining())
                            .putInt(bytes.remaining())
                            .put(bytes)
                            .array());
            DataInputStream in = new DataInputStream(socket.getInputStream());
            ByteBufferAccessor answer = new ByteBufferAccessor(ByteBuffer.wrap(in.readNBytes(in.readInt())));
            assertThat(new ResponseHeaderData(answer, api.responseHeaderVersion(version)).correlationId())
                    .isEqualTo(7);
            ApiMessage response = api.messageType.newResponse();
            response.read(answer, version);
            assertThat(answer.remaining())
                    .as("%s version %s: bytes left over", api, version)
                    .isZero();
            return response;
        }
    }

    /** A request that asks for something, where an empty one would be answered without looking. */
    private static ApiMessage request(ApiKeys api, short version) {
        return switch (api) {
            case METADATA ->
                new MetadataRequestData()
                        .setTopics(List.of(new MetadataRequestData.MetadataRequestTopic().setName(TOPIC)));
            case PRODUCE -> produce(version);
            case FETCH -> fetch(version);
            case LIST_OFFSETS ->
                new ListOffsetsRequestData()
                        .setReplicaId(-1)
                        .setTopics(List.of(new ListOffsetsRequestData.ListOffsetsTopic()
                                .setName(TOPIC)
                                .setPartitions(List.of(
                                        new ListOffsetsRequestData.ListOffsetsPartition().setTimestamp(-1),
                                        new ListOffsetsRequestData.ListOffsetsPartition()
                                                .setPartitionIndex(1)
                                                .setTimestamp(-2)))));
            case OFFSET_FOR_LEADER_EPOCH -> {
                OffsetForLeaderEpochRequestData request = new OffsetForLeaderEpochRequestData().setReplicaId(-1);
                request.topics()
                        .add(new OffsetForLeaderEpochRequestData.OffsetForLeaderTopic()
                                .setTopic(TOPIC)
                                .setPartitions(List.of(new OffsetForLeaderEpochRequestData.OffsetForLeaderPartition()
                                        .setLeaderEpoch(0))));
                yield request;
            }
            case FIND_COORDINATOR ->
                version < 4
                        ? new FindCoordinatorRequestData().setKey("group")
                        : new FindCoordinatorRequestData().setCoordinatorKeys(List.of("group"));
            case OFFSET_FETCH ->
                version < 8
                        ? new OffsetFetchRequestData().setGroupId("group").setTopics(List.of())
                        : new OffsetFetchRequestData()
                                .setGroups(List.of(
                                        new OffsetFetchRequestData.OffsetFetchRequestGroup().setGroupId("group")));
            case DESCRIBE_CONFIGS ->
                new DescribeConfigsRequestData()
                        .setResources(List.of(new DescribeConfigsRequestData.DescribeConfigsResource()
                                .setResourceType((byte) 2)
                                .setResourceName(TOPIC)
                                .setConfigurationKeys(null)))
                        .setIncludeSynonyms(true);
            case DESCRIBE_LOG_DIRS -> new DescribeLogDirsRequestData().setTopics(null);
            case DELETE_RECORDS ->
                new DeleteRecordsRequestData()
                        .setTimeoutMs(1_000)
                        .setTopics(List.of(new DeleteRecordsRequestData.DeleteRecordsTopic()
                                .setName(TOPIC)
                                .setPartitions(
                                        List.of(new DeleteRecordsRequestData.DeleteRecordsPartition().setOffset(0)))));
            case DESCRIBE_PRODUCERS ->
                new DescribeProducersRequestData()
                        .setTopics(List.of(new DescribeProducersRequestData.TopicRequest()
                                .setName(TOPIC)
                                .setPartitionIndexes(List.of(0))));
            case DESCRIBE_TOPIC_PARTITIONS -> new DescribeTopicPartitionsRequestData();
            default -> api.messageType.newRequest();
        };
    }

    private static ApiMessage produce(short version) {
        ProduceRequestData request =
                new ProduceRequestData().setAcks((short) -1).setTimeoutMs(5_000);
        ProduceRequestData.TopicProduceData topic = new ProduceRequestData.TopicProduceData()
                .setPartitionData(List.of(new ProduceRequestData.PartitionProduceData()
                        .setRecords(MemoryRecords.withRecords(
                                Compression.NONE,
                                new SimpleRecord("version".getBytes(java.nio.charset.StandardCharsets.UTF_8))))));
        request.topicData().add(version < 13 ? topic.setName(TOPIC) : topic.setTopicId(topicId));
        return request;
    }

    private static ApiMessage fetch(short version) {
        FetchRequestData.FetchTopic topic = new FetchRequestData.FetchTopic()
                .setPartitions(List.of(new FetchRequestData.FetchPartition().setPartitionMaxBytes(1_000_000)));
        FetchRequestData request = new FetchRequestData().setMaxBytes(1_000_000).setMaxWaitMs(10);
        return request.setTopics(List.of(version < 13 ? topic.setTopic(TOPIC) : topic.setTopicId(topicId)));
    }
}
