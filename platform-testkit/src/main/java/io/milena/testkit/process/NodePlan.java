package io.milena.testkit.process;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * One node of a cluster before it runs: what it is and where it listens.
 *
 * @param port of the listener that clients and other brokers use; 0 if it is no broker
 * @param clientPort of clients' own listener, in clusters whose network can be cut; 0 if there is none
 * @param controllerPort of the controller's listener; 0 if it is no controller
 */
record NodePlan(int id, Role role, Engine engine, int port, int clientPort, int controllerPort) {
    private static final String LOCAL = "127.0.0.1";

    /** Where a client finds it. */
    String clientAddress() {
        return clientPort != 0 ? Network.clientAddress(id) + ":" + clientPort : LOCAL + ":" + port;
    }

    String controllerAddress() {
        return LOCAL + ":" + controllerPort;
    }

    /** Its complete configuration. {@code all} are the nodes of the cluster. */
    Map<String, String> properties(List<NodePlan> all, Path directory, boolean cuttable, Map<String, String> settings) {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("process.roles", role.processRoles());
        properties.put("node.id", Integer.toString(id));
        properties.put("controller.quorum.voters", voters(all, cuttable));
        properties.put("controller.listener.names", "CONTROLLER");
        properties.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CLIENTS:PLAINTEXT,CONTROLLER:PLAINTEXT");
        listeners(properties, cuttable);
        properties.put("log.dirs", directory.resolve("data").toString());
        int replicas = (int)
                Math.min(3, all.stream().filter(each -> each.role.isBroker()).count());
        String minIsr = Integer.toString(Math.max(1, replicas - 1));
        properties.put("default.replication.factor", Integer.toString(replicas));
        properties.put("min.insync.replicas", minIsr);
        properties.put("offsets.topic.replication.factor", Integer.toString(replicas));
        properties.put("offsets.topic.num.partitions", "4");
        properties.put("transaction.state.log.replication.factor", Integer.toString(replicas));
        properties.put("transaction.state.log.min.isr", minIsr);
        properties.put("transaction.state.log.num.partitions", "4");
        properties.put("group.initial.rebalance.delay.ms", "0");
        properties.putAll(engine.settings());
        properties.putAll(settings);
        return properties;
    }

    private static String voters(List<NodePlan> all, boolean cuttable) {
        List<String> voters = new ArrayList<>();
        for (NodePlan each : all) {
            if (each.role.isController()) {
                String host = cuttable ? Network.hostName(each.id) : LOCAL;
                voters.add(each.id + "@" + host + ":" + each.controllerPort);
            }
        }
        return String.join(",", voters);
    }

    private void listeners(Map<String, String> properties, boolean cuttable) {
        List<String> listeners = new ArrayList<>();
        List<String> advertised = new ArrayList<>();
        if (role.isBroker()) {
            listeners.add("PLAINTEXT://" + LOCAL + ":" + port);
            advertised.add("PLAINTEXT://" + (cuttable ? Network.hostName(id) : LOCAL) + ":" + port);
            properties.put("inter.broker.listener.name", "PLAINTEXT");
        }
        if (clientPort != 0) {
            listeners.add("CLIENTS://" + LOCAL + ":" + clientPort);
            advertised.add("CLIENTS://" + Network.clientAddress(id) + ":" + clientPort);
        }
        if (role.isController()) {
            listeners.add("CONTROLLER://" + LOCAL + ":" + controllerPort);
            // A leader tells voters and observers where it is: that too must lead through the network.
            advertised.add("CONTROLLER://" + (cuttable ? Network.hostName(id) : LOCAL) + ":" + controllerPort);
        }
        properties.put("listeners", String.join(",", listeners));
        properties.put("advertised.listeners", String.join(",", advertised));
    }

    /** Reads back what {@link #properties} became. */
    static NodePlan read(Path file, Engine engine) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        }
        Map<String, Integer> ports = new LinkedHashMap<>();
        for (String listener : properties.getProperty("listeners", "").split(",")) {
            ports.put(
                    listener.substring(0, listener.indexOf(':')),
                    Integer.parseInt(listener.substring(listener.lastIndexOf(':') + 1)));
        }
        return new NodePlan(
                Integer.parseInt(properties.getProperty("node.id", "")),
                Role.of(properties.getProperty("process.roles", "")),
                engine,
                ports.getOrDefault("PLAINTEXT", 0),
                ports.getOrDefault("CLIENTS", 0),
                ports.getOrDefault("CONTROLLER", 0));
    }
}
