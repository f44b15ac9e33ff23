package io.milena.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.DescribeClusterResponseData.DescribeClusterBroker;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseBroker;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponsePartition;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.message.ProduceResponseData.TopicProduceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Java client's own Admin and Producer against a registry of trivial handlers. */
class JavaClientTest {

    private static final Uuid TOPIC_ID = Uuid.randomUuid();

    private final List<String> received = new CopyOnWriteArrayList<>();
    private final List<String> principals = new CopyOnWriteArrayList<>();
    private WireFixture fixture;

    @Test
    void adminAndProducerWorkOverPlaintext() throws Exception {
        try (WireFixture started = setup().start()) {
            fixture = started;
            assertThat(clusterId(config(Map.of()))).isEqualTo("test-cluster");

            produce(config(Map.of()), 500);

            assertThat(received).hasSize(500).startsWith("value-0").endsWith("value-499");
        }
    }

    @Test
    void saslPlainLetsTheRightUserInAndNobodyElse() throws Exception {
        try (WireFixture started = setup().protocol(SecurityProtocol.SASL_PLAINTEXT)
                .more(builder -> builder.sasl("TEST", SaslSettings.plain(Map.of("alice", "secret"))))
                .start()) {
            fixture = started;
            produce(config(plain("alice", "secret", "SASL_PLAINTEXT")), 10);
            assertThat(received).hasSize(10);
            assertThat(principals).containsOnly("User:alice");

            assertThatThrownBy(() -> clusterId(config(plain("alice", "wrong", "SASL_PLAINTEXT"))))
                    .hasCauseInstanceOf(SaslAuthenticationException.class)
                    .hasMessageContaining("Invalid username or password");
            assertThatThrownBy(() -> clusterId(config(plain("mallory", "secret", "SASL_PLAINTEXT"))))
                    .hasCauseInstanceOf(SaslAuthenticationException.class);
        }
    }

    @Test
    void requestsBeforeAuthenticationAreRefused() throws Exception {
        try (WireFixture started = setup().protocol(SecurityProtocol.SASL_PLAINTEXT)
                .more(builder -> builder.sasl("TEST", SaslSettings.plain(Map.of("alice", "secret"))))
                .start()) {
            fixture = started;
            try (RawClient raw = new RawClient(started.port())) {
                raw.send(ApiKeys.METADATA, (short) 1, 1, new MetadataRequestData());
                assertThat(raw.isClosedByPeer()).isTrue();
            }
            try (RawClient raw = new RawClient(started.port())) {
                raw.send(new byte[] {0, 9, 0, 0}); // longer than anything that may come before authentication
                assertThat(raw.isClosedByPeer()).isTrue();
            }
        }
    }

    @Test
    void theOldestFormOfSaslWorksToo() throws Exception {
        try (WireFixture started = setup().protocol(SecurityProtocol.SASL_PLAINTEXT)
                .more(builder -> builder.sasl("TEST", SaslSettings.plain(Map.of("alice", "secret"))))
                .start()) {
            fixture = started;
            try (RawClient raw = new RawClient(started.port())) {
                raw.send(
                        ApiKeys.SASL_HANDSHAKE,
                        (short) 0,
                        1,
                        new org.apache.kafka.common.message.SaslHandshakeRequestData().setMechanism("PLAIN"));
                raw.receive(ApiKeys.SASL_HANDSHAKE, (short) 0, 1);
                byte[] token = "\0alice\0secret".getBytes(StandardCharsets.UTF_8);
                raw.send(new byte[] {0, 0, 0, (byte) token.length}).send(token);
                assertThat(raw.receive().remaining()).isZero();
                raw.send(ApiKeys.METADATA, (short) 1, 2, new MetadataRequestData());
                raw.receive(ApiKeys.METADATA, (short) 1, 2);
            }
        }
    }

    @Test
    void tlsWorksWithPkcs12AndSasl(@TempDir Path directory) throws Exception {
        Path store = selfSigned(directory);
        TlsSettings tls = TlsSettings.server(TlsSettings.Store.file("PKCS12", store, "changeit"));
        Map<String, Object> trust = Map.of(
                "security.protocol",
                "SSL",
                "ssl.truststore.location",
                store.toString(),
                "ssl.truststore.password",
                "changeit",
                "ssl.truststore.type",
                "PKCS12");
        try (WireFixture started = setup().protocol(SecurityProtocol.SSL)
                .more(builder -> builder.tls("TEST", tls))
                .start()) {
            fixture = started;
            produce(config(trust), 200);
            assertThat(received).hasSize(200);
        }
        try (WireFixture started = setup().protocol(SecurityProtocol.SASL_SSL)
                .more(builder -> builder.tls("TEST", tls).sasl("TEST", SaslSettings.plain(Map.of("alice", "secret"))))
                .start()) {
            fixture = started;
            Map<String, Object> both = new HashMap<>(trust);
            both.putAll(plain("alice", "secret", "SASL_SSL"));
            assertThat(clusterId(config(both))).isEqualTo("test-cluster");
            try (RawClient raw = new RawClient(started.port())) {
                raw.send("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                byte[] alert = raw.socket().getInputStream().readAllBytes();
                assertThat(alert.length).isLessThan(50);
            }
        }
    }

    static Path selfSigned(Path directory) throws Exception {
        Path store = directory.resolve("keys.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "node",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "SAN=dns:localhost,ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        "changeit")
                .redirectErrorStream(true)
                .start();
        assertThat(keytool.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(Files.exists(store)).isTrue();
        return store;
    }

    private static Map<String, Object> plain(String user, String password, String protocol) {
        return Map.of(
                "security.protocol",
                protocol,
                "sasl.mechanism",
                "PLAIN",
                "sasl.jaas.config",
                "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" password=\"%s\";"
                        .formatted(user, password));
    }

    private Map<String, Object> config(Map<String, Object> more) {
        Map<String, Object> config = new HashMap<>(more);
        config.put("bootstrap.servers", "127.0.0.1:" + fixture.port());
        config.put("key.serializer", StringSerializer.class);
        config.put("value.serializer", StringSerializer.class);
        return config;
    }

    private static String clusterId(Map<String, Object> config) throws Exception {
        try (Admin admin = Admin.create(config)) {
            return admin.describeCluster().clusterId().get(20, TimeUnit.SECONDS);
        }
    }

    private static void produce(Map<String, Object> config, int count) throws Exception {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(config)) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                sent.add(producer.send(new ProducerRecord<>("orders", "value-" + i)));
            }
            producer.flush();
            for (Future<RecordMetadata> future : sent) {
                try {
                    future.get(20, TimeUnit.SECONDS);
                } catch (ExecutionException e) {
                    throw new AssertionError(e);
                }
            }
        }
    }

    private WireFixture.Setup setup() {
        return WireFixture.with(
                WireFixture.<MetadataRequestData>handler(ApiKeys.METADATA, this::metadata),
                WireFixture.<DescribeClusterRequestData>handler(ApiKeys.DESCRIBE_CLUSTER, this::describeCluster),
                WireFixture.<InitProducerIdRequestData>handler(
                        ApiKeys.INIT_PRODUCER_ID,
                        exchange -> exchange.respond(new InitProducerIdResponseData()
                                .setProducerId(7)
                                .setProducerEpoch((short) 0))),
                WireFixture.<ProduceRequestData>handler(ApiKeys.PRODUCE, this::append));
    }

    private void metadata(Exchange<MetadataRequestData> exchange) {
        principals.add(exchange.principal().toString());
        MetadataResponseData answer =
                new MetadataResponseData().setClusterId("test-cluster").setControllerId(1);
        answer.brokers()
                .add(new MetadataResponseBroker()
                        .setNodeId(1)
                        .setHost("127.0.0.1")
                        .setPort(fixture.port()));
        answer.topics()
                .add(new MetadataResponseTopic()
                        .setName("orders")
                        .setTopicId(TOPIC_ID)
                        .setPartitions(List.of(new MetadataResponsePartition()
                                .setLeaderId(1)
                                .setReplicaNodes(List.of(1))
                                .setIsrNodes(List.of(1)))));
        exchange.respond(answer);
    }

    private void describeCluster(Exchange<DescribeClusterRequestData> exchange) {
        DescribeClusterResponseData answer =
                new DescribeClusterResponseData().setClusterId("test-cluster").setControllerId(1);
        answer.brokers()
                .add(new DescribeClusterBroker()
                        .setBrokerId(1)
                        .setHost("127.0.0.1")
                        .setPort(fixture.port()));
        exchange.respond(answer);
    }

    private void append(Exchange<ProduceRequestData> exchange) {
        ProduceResponseData answer = new ProduceResponseData();
        exchange.request().topicData().forEach(topic -> {
            TopicProduceResponse result = new TopicProduceResponse().setTopicId(topic.topicId());
            topic.partitionData().forEach(partition -> {
                long offset = received.size();
                for (Record record : ((MemoryRecords) partition.records()).records()) {
                    byte[] value = new byte[record.valueSize()];
                    record.value().get(value);
                    received.add(new String(value, StandardCharsets.UTF_8));
                }
                result.partitionResponses()
                        .add(new PartitionProduceResponse()
                                .setIndex(partition.index())
                                .setBaseOffset(offset));
            });
            answer.responses().add(result);
        });
        exchange.respond(answer);
    }
}
