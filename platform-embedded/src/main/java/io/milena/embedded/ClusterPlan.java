package io.milena.embedded;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which nodes a cluster has, where they listen and keep their data, and the properties each starts with. Brokers and combined nodes are
 * numbered from 1 on, controllers that are nothing else from {@value #FIRST_CONTROLLER} on.
 */
final class ClusterPlan {
    static final String LISTENER = "PLAINTEXT";
    static final int FIRST_CONTROLLER = 101;
    private static final String HOST = "127.0.0.1:";
    private static final int REPLICAS = 3;

    private final Path directory;
    private final Map<String, String> properties;
    private final Map<Integer, Integer> controllerPorts = new TreeMap<>();
    private final Map<Integer, Integer> brokerPorts = new TreeMap<>();

    /**
     * @param controllers how many controllers that are nothing else; 0 makes all brokers controllers too
     * @param firstPort the clients' port of broker 1, the others have the following ones; 0 takes free ones
     * @param properties of all nodes, over those that fit a cluster on one machine
     */
    ClusterPlan(Path directory, int controllers, int brokers, int firstPort, Map<String, String> properties) {
        this.directory = directory;
        this.properties = new LinkedHashMap<>(fitting(brokers, controllers + brokers));
        this.properties.putAll(properties);
        for (int i = 0; i < controllers; i++) {
            controllerPorts.put(FIRST_CONTROLLER + i, Ports.next());
        }
        for (int id = 1; id <= brokers; id++) {
            brokerPorts.put(id, firstPort == 0 ? Ports.next() : firstPort + id - 1);
            if (controllers == 0) {
                controllerPorts.put(id, Ports.next());
            }
        }
    }

    private static Map<String, String> fitting(int brokers, int nodes) {
        String replicas = Integer.toString(Math.max(1, Math.min(REPLICAS, brokers)));
        String inSync = brokers < REPLICAS ? "1" : "2";
        Map<String, String> all = new LinkedHashMap<>();
        all.put("default.replication.factor", replicas);
        all.put("min.insync.replicas", inSync);
        all.put("offsets.topic.replication.factor", replicas);
        all.put("offsets.topic.num.partitions", "4");
        all.put("transaction.state.log.replication.factor", replicas);
        all.put("transaction.state.log.min.isr", inSync);
        all.put("transaction.state.log.num.partitions", "4");
        all.put("group.initial.rebalance.delay.ms", "0");
        if (nodes > 1) {
            // All share the processors; and a first leader is found in a tenth of a second, since nobody is far away.
            all.put("num.network.threads", "1");
            all.put("controller.quorum.election.timeout.ms", "100");
            all.put("controller.quorum.election.backoff.max.ms", "100");
        }
        return all;
    }

    List<Integer> ids() {
        Map<Integer, Integer> all = new TreeMap<>(brokerPorts);
        all.putAll(controllerPorts);
        return List.copyOf(all.keySet());
    }

    List<Integer> brokers() {
        return List.copyOf(brokerPorts.keySet());
    }

    List<Integer> controllers() {
        return List.copyOf(controllerPorts.keySet());
    }

    /** Adds a broker to those that the cluster began with, if it is not among them. */
    void addBroker(int id) {
        brokerPorts.computeIfAbsent(id, any -> Ports.next());
    }

    String bootstrapServers() {
        return brokerPorts.values().stream().map(port -> HOST + port).collect(Collectors.joining(","));
    }

    String addressOf(int broker) {
        return HOST + brokerPorts.get(broker);
    }

    Path dataOf(int id) {
        return directory.resolve("node-" + id);
    }

    void giveBackPorts() {
        controllerPorts.values().forEach(Ports::giveBack);
        brokerPorts.values().forEach(Ports::giveBack);
    }

    Map<String, String> propertiesOf(int id) {
        Integer clients = brokerPorts.get(id);
        Integer quorum = controllerPorts.get(id);
        Map<String, String> all = new LinkedHashMap<>();
        all.put("node.id", Integer.toString(id));
        all.put("process.roles", clients == null ? "controller" : quorum == null ? "broker" : "broker,controller");
        all.put("listeners", listeners(clients, quorum));
        all.put("controller.quorum.voters", voters());
        all.put("controller.listener.names", "CONTROLLER");
        all.put("listener.security.protocol.map", LISTENER + ":PLAINTEXT,CONTROLLER:PLAINTEXT");
        if (clients != null) {
            all.put("inter.broker.listener.name", LISTENER);
        }
        all.put("log.dirs", dataOf(id).toString());
        all.putAll(properties);
        return all;
    }

    private static String listeners(@Nullable Integer clients, @Nullable Integer quorum) {
        String forClients = clients == null ? "" : LISTENER + "://" + HOST + clients;
        String forQuorum = quorum == null ? "" : "CONTROLLER://" + HOST + quorum;
        return forClients + (clients == null || quorum == null ? "" : ",") + forQuorum;
    }

    private String voters() {
        return controllerPorts.entrySet().stream()
                .map(voter -> voter.getKey() + "@" + HOST + voter.getValue())
                .collect(Collectors.joining(","));
    }
}
