package io.milena.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Several nodes of one server as child processes of this machine, by node id. Not thread-safe. */
final class Cluster implements AutoCloseable {
    private final Map<Integer, ServerProcess> brokers = new LinkedHashMap<>();
    private final Map<Integer, ServerProcess> controllers = new LinkedHashMap<>();
    private final Map<Integer, Integer> controllerPorts = new LinkedHashMap<>();

    private Cluster() {}

    /** Nodes 1 to {@code count} that are brokers and controllers. */
    static Cluster combined(Server server, int count, Map<String, String> extra)
            throws IOException, InterruptedException {
        Cluster cluster = new Cluster();
        cluster.choosePorts(count);
        for (int id = 1; id <= count; id++) {
            ServerProcess node = cluster.format(server, id, "broker,controller", count, extra);
            cluster.brokers.put(id, node);
            cluster.controllers.put(id, node);
        }
        return cluster;
    }

    /** Controllers from 1 on, then brokers. */
    static Cluster split(Server server, int controllers, int brokers, Map<String, String> extra)
            throws IOException, InterruptedException {
        Cluster cluster = new Cluster();
        cluster.choosePorts(controllers);
        for (int id = 1; id <= controllers; id++) {
            cluster.controllers.put(id, cluster.format(server, id, "controller", brokers, extra));
        }
        for (int id = controllers + 1; id <= controllers + brokers; id++) {
            cluster.brokers.put(id, cluster.format(server, id, "broker", brokers, extra));
        }
        return cluster;
    }

    private void choosePorts(int controllerCount) throws IOException {
        for (int id = 1; id <= controllerCount; id++) {
            controllerPorts.put(id, ServerProcess.freePort());
        }
    }

    private ServerProcess format(Server server, int id, String roles, int brokerCount, Map<String, String> extra)
            throws IOException, InterruptedException {
        boolean broker = roles.startsWith("broker");
        boolean controller = roles.endsWith("controller");
        int port = broker ? ServerProcess.freePort() : controllerPort(id);
        List<String> listeners = new ArrayList<>();
        List<String> lines = new ArrayList<>();
        if (broker) {
            listeners.add("PLAINTEXT://127.0.0.1:" + port);
            lines.add("advertised.listeners=PLAINTEXT://127.0.0.1:" + port);
            lines.add("inter.broker.listener.name=PLAINTEXT");
        }
        if (controller) {
            listeners.add("CONTROLLER://127.0.0.1:" + controllerPort(id));
        }
        int replicas = Math.max(1, Math.min(3, brokerCount));
        lines.addAll(List.of(
                "process.roles=" + roles,
                "node.id=" + id,
                "controller.quorum.voters=" + voters(),
                "listeners=" + String.join(",", listeners),
                "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
                "controller.listener.names=CONTROLLER",
                "offsets.topic.replication.factor=" + replicas,
                "transaction.state.log.replication.factor=" + replicas,
                "transaction.state.log.min.isr=" + Math.min(2, replicas),
                "group.initial.rebalance.delay.ms=0"));
        extra.forEach((key, value) -> lines.add(key + "=" + value));
        return ServerProcess.formatted(server, port, lines);
    }

    private String voters() {
        return controllerPorts.entrySet().stream()
                .map(voter -> voter.getKey() + "@127.0.0.1:" + voter.getValue())
                .collect(Collectors.joining(","));
    }

    /** Starts all nodes and waits until all accept connections. */
    void start() throws IOException, InterruptedException {
        for (ServerProcess node : nodes()) {
            node.start();
        }
        for (ServerProcess node : nodes()) {
            node.awaitPort();
        }
    }

    /** Each process once. */
    List<ServerProcess> nodes() {
        List<ServerProcess> nodes = new ArrayList<>(controllers.values());
        brokers.values().stream().filter(node -> !nodes.contains(node)).forEach(nodes::add);
        return nodes;
    }

    ServerProcess broker(int id) {
        return named(brokers, id);
    }

    ServerProcess controller(int id) {
        return named(controllers, id);
    }

    private static ServerProcess named(Map<Integer, ServerProcess> nodes, int id) {
        ServerProcess node = nodes.get(id);
        if (node == null) {
            throw new IllegalArgumentException("There is no such node: " + id + ", only " + nodes.keySet());
        }
        return node;
    }

    List<Integer> controllerIds() {
        return List.copyOf(controllers.keySet());
    }

    int controllerPort(int id) {
        Integer port = controllerPorts.get(id);
        if (port == null) {
            throw new IllegalArgumentException("There is no such controller: " + id);
        }
        return port;
    }

    /** All brokers, for clients. */
    String bootstrap() {
        return brokers.values().stream().map(ServerProcess::bootstrap).collect(Collectors.joining(","));
    }

    /** CPU time of all processes, user and system, seconds. */
    double cpuSeconds() throws IOException {
        double sum = 0;
        for (ServerProcess node : nodes()) {
            sum += node.cpuSeconds();
        }
        return sum;
    }

    @Override
    public void close() throws InterruptedException {
        for (ServerProcess node : nodes()) {
            node.close();
        }
    }
}
