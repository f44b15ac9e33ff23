package io.milena.broker.app;

import io.milena.broker.node.Formatting;
import io.milena.broker.node.MilenaNode;
import io.milena.metadata.config.NodeConfig;
import io.milena.wire.WireEventLoops;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * A node's life in a few seconds, so that a JVM run with {@code -XX:ArchiveClassesAtExit} archives what every later start loads: format,
 * start, produce, consume in a group, and with {@code hosted} Spring and Actuator too. {@code bin/lib/archive} runs it, beside a
 * node that serves: so it ends, whatever happens.
 */
public final class Rehearsal {
    private static final int RECORDS = 2_000;
    private static final Duration LIMIT = Duration.ofSeconds(90);

    private Rehearsal() {}

    /** @param args {@code hosted} or {@code bare}, and after how many seconds it is given up (90) */
    public static void main(String[] args) {
        haltAfter(args.length > 1 ? Duration.ofSeconds(Long.parseLong(args[1])) : LIMIT);
        int code = 0;
        try {
            rehearse(args.length > 0 && args[0].equals("hosted"));
        } catch (Exception | Error e) {
            e.printStackTrace();
            code = 1;
        }
        System.exit(code); // threads of a node or context that failed would keep the process alive
    }

    private static void haltAfter(Duration limit) {
        Thread watch = new Thread(
                () -> {
                    try {
                        Thread.sleep(limit.toMillis());
                    } catch (InterruptedException e) {
                        return;
                    }
                    System.err.println("Given up after " + limit.toSeconds() + " s");
                    Runtime.getRuntime().halt(1);
                },
                "rehearsal-limit");
        watch.setDaemon(true);
        watch.start();
    }

    private static void rehearse(boolean hosted) throws Exception {
        WireEventLoops.preload();
        NodeLogging.configure();
        System.setProperty("server.port", "0"); // whatever the environment says of the port of another program
        Path directory = Files.createTempDirectory("milena-rehearsal");
        try {
            live(configuration(directory), hosted);
        } finally {
            delete(directory);
        }
    }

    private static void live(NodeConfig config, boolean hosted) throws Exception {
        Formatting.formatIfEmpty(config);
        try (MilenaNode node = MilenaNode.start(config)) {
            if (hosted) {
                ConfigurableApplicationContext context = NodeApplication.raise(node, config);
                if (context == null) {
                    throw new IllegalStateException("Spring's context could not be raised");
                }
                ask(context, "health");
                ask(context, "prometheus");
            }
            String bootstrap = "127.0.0.1:" + node.boundPort("PLAINTEXT");
            produce(bootstrap);
            consume(bootstrap);
        }
    }

    private static NodeConfig configuration(Path directory) throws IOException {
        int controllerPort = freePort();
        Map<String, String> properties = new HashMap<>();
        properties.put("process.roles", "broker,controller");
        properties.put("node.id", "1");
        properties.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
        properties.put("listeners", "PLAINTEXT://127.0.0.1:0,CONTROLLER://127.0.0.1:" + controllerPort);
        properties.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        properties.put("controller.listener.names", "CONTROLLER");
        properties.put("inter.broker.listener.name", "PLAINTEXT");
        properties.put("log.dirs", directory.resolve("data").toString());
        properties.put("offsets.topic.replication.factor", "1");
        properties.put("group.initial.rebalance.delay.ms", "0");
        return NodeConfig.of(properties);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void ask(ConfigurableApplicationContext context, String endpoint)
            throws IOException, InterruptedException {
        String port = context.getEnvironment().getRequiredProperty("local.server.port");
        URI uri = URI.create("http://127.0.0.1:" + port + "/actuator/" + endpoint);
        HttpClient.newHttpClient().send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.discarding());
    }

    private static void produce(String bootstrap) {
        Map<String, Object> config = Map.of("bootstrap.servers", bootstrap, "acks", "all");
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < RECORDS; i++) {
                producer.send(new ProducerRecord<>("rehearsal", new byte[100]));
            }
            producer.flush();
        }
    }

    private static void consume(String bootstrap) {
        Map<String, Object> config =
                Map.of("bootstrap.servers", bootstrap, "group.id", "rehearsal", "auto.offset.reset", "earliest");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.subscribe(List.of("rehearsal"));
            int read = 0;
            for (int polls = 0; read < RECORDS && polls < 50; polls++) {
                read += consumer.poll(Duration.ofMillis(200)).count();
            }
            consumer.commitSync();
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
