package io.milena.broker.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.broker.node.Formatting;
import io.milena.broker.node.MilenaNode;
import io.milena.metadata.config.NodeConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node with Actuator, and clients of it while its advertised address changes. */
@Timeout(60)
class ListenersEndpointTest {
    @TempDir
    static Path directory;

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static int openPort;
    private static int closedPort;
    private static MilenaNode node;

    @BeforeAll
    static void start() throws IOException {
        openPort = freePort();
        closedPort = freePort();
        Map<String, String> properties = properties(openPort);
        properties.put("milena.spring.management.endpoint.listeners.access", "unrestricted");
        NodeConfig config = NodeConfig.of(properties);
        Formatting.formatIfEmpty(config);
        node = MilenaNode.start(config);
        NodeApplication.raise(node, config);
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @Test
    void clientsGoToTheNewAddressAndThoseConnectedLoseNothing() throws Exception {
        int port = node.boundPort("PLAINTEXT");
        try (KafkaProducer<String, String> before = producer(port)) {
            before.send(new ProducerRecord<>("orders", "first")).get(20, TimeUnit.SECONDS);
            long brokerEpoch = node.broker().orElseThrow().brokerEpoch();
            int leaderEpoch = leaderEpoch();

            HttpResponse<String> changed = post(openPort, "PLAINTEXT", "localhost:" + port);

            assertThat(changed.statusCode()).as(changed.body()).isEqualTo(200);
            assertThat(advertised(port).host()).isEqualTo("localhost");
            assertThat(get(openPort))
                    .contains("\"port\":" + port)
                    .contains("\"advertised\":\"localhost:" + port + "\"");
            before.send(new ProducerRecord<>("orders", "second")).get(20, TimeUnit.SECONDS);
            try (KafkaProducer<String, String> after = producer(port)) {
                after.send(new ProducerRecord<>("orders", "third")).get(20, TimeUnit.SECONDS);
            }
            assertThat(node.broker().orElseThrow().brokerEpoch()).isEqualTo(brokerEpoch);
            assertThat(leaderEpoch()).as("no leader moved").isEqualTo(leaderEpoch);
        }
    }

    @Test
    void whatClientsCouldNotConnectToIsRefused() throws Exception {
        for (String wrong :
                new String[] {"localhost", "localhost:0", "localhost:70000", "0.0.0.0:9092", "a b:9092", ""}) {
            HttpResponse<String> refused = post(openPort, "PLAINTEXT", wrong);
            assertThat(refused.statusCode()).as(wrong).isEqualTo(400);
            assertThat(refused.body()).contains("host:port");
        }
        assertThat(post(openPort, "CONTROLLER", "localhost:9093").body()).contains("no client listener 'CONTROLLER'");
    }

    @Test
    void writingIsClosedUnlessOpened() throws Exception {
        NodeApplication.raise(node, NodeConfig.of(properties(closedPort)));
        assertThat(get(closedPort)).contains("PLAINTEXT");
        int port = node.boundPort("PLAINTEXT");
        assertThat(post(closedPort, "PLAINTEXT", "elsewhere:" + port).statusCode())
                .isEqualTo(405);
    }

    @Test
    void gaugesOfTheBrokerOutliveAGarbageCollection() throws Exception {
        System.gc();
        assertThat(body(URI.create("http://127.0.0.1:" + openPort + "/actuator/prometheus")))
                .containsPattern("(?m)^kafka_server_replicamanager_underreplicatedpartitions\\S* 0");
    }

    private static Map<String, String> properties(int actuatorPort) throws IOException {
        int controllerPort = freePort();
        Map<String, String> properties = new HashMap<>();
        properties.put("process.roles", "broker,controller");
        properties.put("node.id", "1");
        properties.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
        properties.put("listeners", "PLAINTEXT://127.0.0.1:0,CONTROLLER://127.0.0.1:" + controllerPort);
        properties.put("controller.listener.names", "CONTROLLER");
        properties.put("log.dirs", directory.resolve("data").toString());
        properties.put("offsets.topic.replication.factor", "1");
        properties.put("milena.spring.server.port", Integer.toString(actuatorPort));
        return properties;
    }

    private static KafkaProducer<String, String> producer(int port) {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", "127.0.0.1:" + port), new StringSerializer(), new StringSerializer());
    }

    private static Node advertised(int port) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", "127.0.0.1:" + port))) {
            return admin.describeCluster()
                    .nodes()
                    .get(20, TimeUnit.SECONDS)
                    .iterator()
                    .next();
        }
    }

    private static int leaderEpoch() {
        return node.image().topics().partition("orders", 0).orElseThrow().leaderEpoch();
    }

    private static HttpResponse<String> post(int port, String name, String advertised) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(endpoint(port))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"name\":\"" + name + "\",\"advertised\":\"" + advertised + "\"}"))
                .build();
        return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static String get(int port) throws Exception {
        return body(endpoint(port));
    }

    private static String body(URI uri) throws Exception {
        return HTTP.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static URI endpoint(int port) {
        return URI.create("http://127.0.0.1:" + port + "/actuator/listeners");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
