package io.milena.embedded;

import io.milena.broker.node.Formatting;
import io.milena.broker.node.MilenaNode;
import io.milena.metadata.config.NodeConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.common.Uuid;

/**
 * One controller and several brokers in this JVM, each a node of its own on 127.0.0.1: node 0 is the controller, 1 to n are the
 * brokers. A broker may be stopped and started again; it keeps its port and its data.
 */
public final class EmbeddedCluster implements AutoCloseable {
    private static final String LISTENER = "PLAINTEXT";
    private static final int CONTROLLER_ID = 0;

    private final Path directory;
    private final Map<String, String> properties;
    private final String clusterId = Uuid.randomUuid().toString();
    private final int controllerPort = freePort();
    private final MilenaNode controller;
    private final Map<Integer, Integer> ports = new TreeMap<>();
    private final Map<Integer, MilenaNode> brokers = new TreeMap<>();

    private EmbeddedCluster(Path directory, Map<String, String> properties) {
        this.directory = directory;
        this.properties = properties;
        this.controller = start(controllerConfig());
    }

    /**
     * Starts a cluster; returns when all brokers serve.
     *
     * @param directory the nodes' data are in directories below it
     * @param properties any of Kafka's, for all nodes
     */
    public static EmbeddedCluster start(Path directory, int brokers, Map<String, String> properties) {
        EmbeddedCluster cluster = new EmbeddedCluster(directory, properties);
        for (int id = 1; id <= brokers; id++) {
            cluster.startBroker(id);
        }
        return cluster;
    }

    /** Starts a broker that is new or has been stopped. */
    public MilenaNode startBroker(int id) {
        return startBroker(id, Map.of());
    }

    /**
     * The same with properties of this broker alone.
     *
     * @param own over those of all nodes
     */
    public synchronized MilenaNode startBroker(int id, Map<String, String> own) {
        int port = ports.computeIfAbsent(id, any -> freePort());
        Map<String, String> config = brokerConfig(id, port);
        config.putAll(own);
        MilenaNode node = start(config);
        brokers.put(id, node);
        return node;
    }

    /** Stops a broker in an orderly way. */
    public void stopBroker(int id) {
        MilenaNode node;
        synchronized (this) {
            node = brokers.remove(id);
        }
        if (node != null) {
            node.close();
        }
    }

    /** A running broker. */
    public synchronized MilenaNode broker(int id) {
        MilenaNode node = brokers.get(id);
        if (node == null) {
            throw new IllegalArgumentException("Broker " + id + " is not running, running are " + brokers.keySet());
        }
        return node;
    }

    public MilenaNode controller() {
        return controller;
    }

    /** {@code host:port} of all brokers, whether they run or not. */
    public synchronized String bootstrapServers() {
        return ports.values().stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
    }

    /** Where a node keeps its data. */
    public Path dataOf(int id) {
        return directory.resolve("node-" + id);
    }

    /** Formats a broker that is to run as a process of its own, and says with which properties. */
    public synchronized Map<String, String> prepareBroker(int id) {
        Map<String, String> config = brokerConfig(id, ports.computeIfAbsent(id, any -> freePort()));
        formatted(config);
        return config;
    }

    private Map<String, String> controllerConfig() {
        Map<String, String> all = common(CONTROLLER_ID);
        all.put("process.roles", "controller");
        all.put("listeners", "CONTROLLER://127.0.0.1:" + controllerPort);
        return all;
    }

    private Map<String, String> brokerConfig(int id, int port) {
        Map<String, String> all = common(id);
        all.put("process.roles", "broker");
        all.put("listeners", LISTENER + "://127.0.0.1:" + port);
        all.put("inter.broker.listener.name", LISTENER);
        return all;
    }

    private Map<String, String> common(int id) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("node.id", Integer.toString(id));
        all.put("controller.quorum.voters", CONTROLLER_ID + "@127.0.0.1:" + controllerPort);
        all.put("controller.listener.names", "CONTROLLER");
        all.put("listener.security.protocol.map", LISTENER + ":PLAINTEXT,CONTROLLER:PLAINTEXT");
        all.put("log.dirs", dataOf(id).toString());
        all.put("offsets.topic.num.partitions", "4");
        all.put("group.initial.rebalance.delay.ms", "0");
        all.putAll(properties);
        return all;
    }

    private MilenaNode start(Map<String, String> ofNode) {
        return MilenaNode.start(formatted(ofNode));
    }

    private NodeConfig formatted(Map<String, String> ofNode) {
        NodeConfig config = NodeConfig.of(ofNode);
        Formatting.format(
                config, new Formatting.Request(clusterId, "", Map.of(), Formatting.quorum(config, false), true));
        return config;
    }

    @Override
    public synchronized void close() {
        brokers.values().forEach(MilenaNode::close);
        brokers.clear();
        controller.close();
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException("There is no free port on 127.0.0.1", e);
        }
    }
}
