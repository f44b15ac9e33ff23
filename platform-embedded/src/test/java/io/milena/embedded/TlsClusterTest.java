package io.milena.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.milena.broker.node.Formatting;
import io.milena.broker.node.MilenaNode;
import io.milena.metadata.config.NodeConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three combined nodes that speak TLS everywhere: controllers and brokers among each other with certificates on both sides, clients
 * over SASL_SSL or with a certificate of their own. One node has its key in a PKCS12 file, one in a PEM file, one in its properties.
 */
class TlsClusterTest {
    private static final String JAAS = "org.apache.kafka.common.security.plain.PlainLoginModule required"
            + " username=\"alice\" password=\"alice-secret\"";

    @TempDir
    Path directory;

    private final Map<Integer, Integer> internal = ports();
    private final Map<Integer, Integer> external = ports();
    private final Map<Integer, Integer> controllers = ports();
    private final List<MilenaNode> nodes = new ArrayList<>();
    private TlsKeys keys;

    private static Map<Integer, Integer> ports() {
        return new TreeMap<>(Map.of(1, ChildNode.freePort(), 2, ChildNode.freePort(), 3, ChildNode.freePort()));
    }

    @BeforeEach
    void startThreeNodes() throws Exception {
        keys = TlsKeys.make(directory, "cluster");
        String clusterId = Uuid.randomUuid().toString();
        List<NodeConfig> configs = new ArrayList<>();
        for (int id = 1; id <= 3; id++) {
            NodeConfig config = NodeConfig.of(properties(id));
            Formatting.format(
                    config, new Formatting.Request(clusterId, "", Map.of(), Formatting.quorum(config, false), true));
            configs.add(config);
        }
        List<CompletableFuture<MilenaNode>> starting = configs.stream()
                .map(config -> CompletableFuture.supplyAsync(
                        () -> MilenaNode.start(config), task -> new Thread(task, "start").start()))
                .toList();
        for (CompletableFuture<MilenaNode> each : starting) {
            nodes.add(each.get(30, TimeUnit.SECONDS));
        }
    }

    @AfterEach
    void stopAll() {
        nodes.parallelStream().forEach(MilenaNode::leave); // while there is a quorum to tell it to
        nodes.parallelStream().forEach(MilenaNode::close);
    }

    private Map<String, String> properties(int id) throws Exception {
        Map<String, String> all = new TreeMap<>();
        all.put("node.id", Integer.toString(id));
        all.put("process.roles", "broker,controller");
        all.put(
                "listeners",
                "INTERNAL://127.0.0.1:" + internal.get(id) + ",EXTERNAL://127.0.0.1:" + external.get(id)
                        + ",CONTROLLER://127.0.0.1:" + controllers.get(id));
        all.put("listener.security.protocol.map", "INTERNAL:SSL,EXTERNAL:SASL_SSL,CONTROLLER:SSL");
        all.put("inter.broker.listener.name", "INTERNAL");
        all.put("controller.listener.names", "CONTROLLER");
        all.put(
                "controller.quorum.voters",
                controllers.entrySet().stream()
                        .map(entry -> entry.getKey() + "@127.0.0.1:" + entry.getValue())
                        .collect(Collectors.joining(",")));
        all.put("log.dirs", directory.resolve("node-" + id).toString());
        all.put("default.replication.factor", "3");
        all.put("group.initial.rebalance.delay.ms", "0");
        all.put("controller.quorum.election.timeout.ms", "100");
        all.put("controller.quorum.election.backoff.max.ms", "100");
        all.put("ssl.client.auth", "required");
        all.put("sasl.enabled.mechanisms", "PLAIN");
        all.put("listener.name.external.plain.sasl.jaas.config", JAAS + " user_alice=\"alice-secret\";");
        switch (id) {
            case 1 ->
                all.putAll(Map.of(
                        "ssl.keystore.type",
                        "PKCS12",
                        "ssl.keystore.location",
                        keys.keyStore().toString(),
                        "ssl.keystore.password",
                        TlsKeys.PASSWORD));
            case 2 ->
                all.putAll(Map.of(
                        "ssl.keystore.type",
                        "PEM",
                        "ssl.keystore.location",
                        Files.writeString(directory.resolve("node.pem"), keys.keyPem() + keys.certificatePem())
                                .toString()));
            default ->
                all.putAll(Map.of(
                        "ssl.keystore.type", "PEM",
                        "ssl.keystore.key", keys.keyPem().replace('\n', ' '),
                        "ssl.keystore.certificate.chain", keys.certificatePem().replace('\n', ' ')));
        }
        all.putAll(
                id == 3
                        ? Map.of("ssl.truststore.type", "PEM", "ssl.truststore.certificates", keys.certificatePem())
                        : trust());
        return all;
    }

    private Map<String, String> trust() throws Exception {
        return Map.of(
                "ssl.truststore.location", keys.trustStore().toString(), "ssl.truststore.password", TlsKeys.PASSWORD);
    }

    @Test
    @Timeout(60)
    void nodesAndClientsSpeakTlsAndStrangersAreRefused() throws Exception {
        // given a topic with a replica on each node
        try (Admin admin = Admin.create(saslSsl())) {
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> admin.describeCluster().nodes().get().size() == 3);
            admin.createTopics(List.of(new NewTopic("secrets", 3, (short) 3)))
                    .all()
                    .get(20, TimeUnit.SECONDS);
            // when a user logs in over TLS and writes
            try (KafkaProducer<String, String> producer =
                    new KafkaProducer<>(saslSsl(), new StringSerializer(), new StringSerializer())) {
                for (int i = 0; i < 300; i++) {
                    producer.send(new ProducerRecord<>("secrets", "key-" + i, "value-" + i));
                }
                producer.flush();
            }
            // then all replicas are in sync, and a client with a certificate reads it
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> assertThat(admin.describeTopics(List.of("secrets"))
                                    .allTopicNames()
                                    .get()
                                    .get("secrets")
                                    .partitions())
                            .allSatisfy(partition -> assertThat(partition.isr()).hasSize(3)));
        }
        assertThat(read(ssl(keys))).hasSize(300);

        // and nobody else gets in: a wrong password, no certificate, a stranger's certificate, no TLS at all
        Map<String, Object> wrongPassword = saslSsl();
        wrongPassword.put("sasl.jaas.config", JAAS.replace("alice-secret", "guess") + ";");
        assertRefused(wrongPassword, SaslAuthenticationException.class);
        Map<String, Object> noCertificate = ssl(keys);
        noCertificate.keySet().removeIf(key -> key.startsWith("ssl.keystore"));
        assertRefused(noCertificate, SslAuthenticationException.class);
        assertRefused(ssl(TlsKeys.make(directory, "stranger")), SslAuthenticationException.class);
        Map<String, Object> plaintext = ssl(keys);
        plaintext.put("security.protocol", "PLAINTEXT");
        assertRefused(plaintext, TimeoutException.class);
    }

    @Test
    @Timeout(90)
    void aTrustStoreThatIsBeingReplacedStopsNoNode() throws Exception {
        try (Admin admin = Admin.create(saslSsl())) {
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> admin.describeCluster().nodes().get().size() == 3);

            // given the trust store is half written
            byte[] good = Files.readAllBytes(keys.trustStore());
            Files.write(keys.trustStore(), new byte[0]);

            // when followers are to dial their leaders for the first time
            admin.createTopics(List.of(new NewTopic("secrets", 3, (short) 3)))
                    .all()
                    .get(20, TimeUnit.SECONDS);
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> nodes.stream()
                            .allMatch(node ->
                                    node.image().topics().topic("secrets").isPresent()));

            // then no node stops, and all follow once the trust store is whole again
            assertThat(nodes).noneMatch(MilenaNode::failed);
            Files.write(keys.trustStore(), good);
            try (KafkaProducer<String, String> producer =
                    new KafkaProducer<>(saslSsl(), new StringSerializer(), new StringSerializer())) {
                for (int i = 0; i < 30; i++) {
                    producer.send(new ProducerRecord<>("secrets", "key-" + i, "value-" + i));
                }
                producer.flush();
            }
            await().atMost(Duration.ofSeconds(40))
                    .untilAsserted(() -> assertThat(nodes)
                            .allSatisfy(
                                    node -> assertThat(node.metadataFailures()).isEmpty()));
            assertThat(nodes).noneMatch(MilenaNode::failed);
        }
    }

    private Map<String, Object> saslSsl() throws Exception {
        Map<String, Object> config = new HashMap<>(trust());
        config.put("bootstrap.servers", servers(external));
        config.put("security.protocol", "SASL_SSL");
        config.put("sasl.mechanism", "PLAIN");
        config.put("sasl.jaas.config", JAAS + ";");
        return config;
    }

    /** @param own the client's key; it trusts the cluster */
    private Map<String, Object> ssl(TlsKeys own) throws Exception {
        Map<String, Object> config = new HashMap<>(trust());
        config.put("bootstrap.servers", servers(internal));
        config.put("security.protocol", "SSL");
        config.put("ssl.keystore.type", "PKCS12");
        config.put("ssl.keystore.location", own.keyStore().toString());
        config.put("ssl.keystore.password", TlsKeys.PASSWORD);
        config.put("ssl.key.password", TlsKeys.PASSWORD);
        return config;
    }

    private static String servers(Map<Integer, Integer> ports) {
        return ports.values().stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
    }

    private static List<String> read(Map<String, Object> config) {
        config.put("group.id", "readers");
        config.put("auto.offset.reset", "earliest");
        List<String> values = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of("secrets"));
            await().atMost(Duration.ofSeconds(20)).until(() -> {
                for (ConsumerRecord<String, String> each : consumer.poll(Duration.ofMillis(100))) {
                    values.add(each.value());
                }
                return values.size() >= 300;
            });
        }
        return values;
    }

    private static void assertRefused(Map<String, Object> config, Class<? extends Throwable> why) {
        config.put("default.api.timeout.ms", 2_000);
        config.put("request.timeout.ms", 1_000);
        try (Admin admin = Admin.create(config)) {
            assertThatThrownBy(() -> admin.describeCluster().nodes().get()).hasCauseInstanceOf(why);
        }
    }
}
