package io.milena.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.broker.node.Formatting;
import io.milena.metadata.config.NodeConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;

/**
 * A cluster of processes of which each is ours or Apache Kafka's. Brokers have the ids 1, 2, …, controllers 101, 102, … Every
 * directory is formatted by the engine that runs on it, with that engine's defaults for 4.3, so all features are on.
 */
final class MixedCluster implements AutoCloseable {
    /** Whose program a node runs. */
    enum Engine {
        MILENA,
        APACHE_KAFKA
    }

    private static final int FIRST_BROKER = 1;
    private static final int FIRST_CONTROLLER = 101;

    private final Path directory;
    private final Map<String, String> settings;
    private final String clusterId = Uuid.randomUuid().toString();
    private final Map<Integer, Engine> engines = new TreeMap<>();
    private final Map<Integer, Integer> ports = new TreeMap<>();
    private final Map<Integer, ChildNode> nodes = new ConcurrentSkipListMap<>();

    private MixedCluster(Path directory, List<Engine> controllers, List<Engine> brokers, Map<String, String> settings) {
        this.directory = directory;
        this.settings = settings;
        for (int i = 0; i < controllers.size(); i++) {
            engines.put(FIRST_CONTROLLER + i, controllers.get(i));
        }
        for (int i = 0; i < brokers.size(); i++) {
            engines.put(FIRST_BROKER + i, brokers.get(i));
        }
        engines.keySet().forEach(id -> ports.put(id, ChildNode.freePort()));
    }

    /** Formats all directories and starts all nodes, side by side. */
    static MixedCluster start(
            Path directory, List<Engine> controllers, List<Engine> brokers, Map<String, String> settings)
            throws IOException {
        MixedCluster cluster = new MixedCluster(directory, controllers, brokers, settings);
        for (int id : cluster.engines.keySet()) {
            cluster.format(id);
        }
        cluster.start(
                cluster.engines.keySet().stream().mapToInt(Integer::intValue).toArray());
        return cluster;
    }

    private void format(int id) throws IOException {
        Map<String, String> properties = properties(id);
        nodes.put(id, ChildNode.with(directory.resolve("node-" + id), properties));
        if (engines.get(id) == Engine.MILENA) {
            NodeConfig config = NodeConfig.of(properties);
            Formatting.format(
                    config, new Formatting.Request(clusterId, "", Map.of(), Formatting.quorum(config, false), true));
        } else {
            String file =
                    directory.resolve("node-" + id).resolve("server.properties").toString();
            ByteArrayOutputStream said = new ByteArrayOutputStream();
            int code = kafka.tools.StorageTool.execute(
                    new String[] {"format", "--cluster-id", clusterId, "--config", file}, new PrintStream(said));
            assertThat(code).as(() -> said.toString(StandardCharsets.UTF_8)).isZero();
        }
    }

    private Map<String, String> properties(int id) {
        Map<String, String> all = new TreeMap<>();
        boolean controller = id >= FIRST_CONTROLLER;
        all.put("node.id", Integer.toString(id));
        all.put("process.roles", controller ? "controller" : "broker");
        all.put("listeners", (controller ? "CONTROLLER" : "PLAINTEXT") + "://127.0.0.1:" + ports.get(id));
        all.put("controller.quorum.voters", voters());
        all.put("controller.listener.names", "CONTROLLER");
        all.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        all.put("log.dirs", dataOf(id).toString());
        all.put("offsets.topic.num.partitions", "2");
        all.put("offsets.topic.replication.factor", "2");
        all.put("group.initial.rebalance.delay.ms", "0");
        all.put("broker.heartbeat.interval.ms", "200");
        all.put("replica.lag.time.max.ms", "4000");
        all.putAll(settings);
        return all;
    }

    private String voters() {
        return ports.entrySet().stream()
                .filter(entry -> entry.getKey() >= FIRST_CONTROLLER)
                .map(entry -> entry.getKey() + "@127.0.0.1:" + entry.getValue())
                .collect(Collectors.joining(","));
    }

    /** Starts nodes that do not run, and returns when all of them accept connections. */
    void start(int... ids) {
        IntStream.of(ids).parallel().forEach(id -> {
            try {
                if (engines.get(id) == Engine.MILENA) {
                    nodes.get(id).startMilena();
                } else {
                    nodes.get(id).startApacheKafka();
                }
            } catch (IOException e) {
                throw new IllegalStateException("Node " + id + " (" + engines.get(id) + ") did not start", e);
            }
        });
    }

    void kill(int id) throws InterruptedException {
        nodes.get(id).kill();
    }

    void stop(int id) throws InterruptedException {
        nodes.get(id).stop();
    }

    String bootstrapServers() {
        return ports.entrySet().stream()
                .filter(entry -> entry.getKey() < FIRST_CONTROLLER)
                .map(entry -> "127.0.0.1:" + entry.getValue())
                .collect(Collectors.joining(","));
    }

    Engine engineOf(int id) {
        return engines.get(id);
    }

    Path dataOf(int id) {
        return directory.resolve("node-" + id).resolve("data");
    }

    /** The bytes of a replica's first segment. */
    byte[] segment(int broker, String topic, int partition) throws IOException {
        return Files.readAllBytes(
                dataOf(broker).resolve(topic + "-" + partition).resolve("00000000000000000000.log"));
    }

    /** What the node printed, for the message of a failed assertion. */
    String outputOf(int id) throws IOException {
        return Files.readString(directory.resolve("node-" + id).resolve("node.log"));
    }

    @Override
    public void close() {
        nodes.values().forEach(ChildNode::close);
    }
}
