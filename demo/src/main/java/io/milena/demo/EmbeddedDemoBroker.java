package io.milena.demo;

import io.milena.embedded.EmbeddedCluster;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Our own nodes, in this JVM: one, or three controllers and three brokers. */
final class EmbeddedDemoBroker implements DemoBroker {

    /** Brokers of a cluster, and controllers. */
    static final int CLUSTER = 3;

    private final EmbeddedCluster cluster;
    private final Map<String, Integer> nodes = new LinkedHashMap<>();
    private final long startedMs;

    private EmbeddedDemoBroker(EmbeddedCluster cluster, long startedMs) {
        this.cluster = cluster;
        this.startedMs = startedMs;
        cluster.controllers().forEach(id -> nodes.put("controller " + id, id));
        cluster.brokers().forEach(id -> {
            nodes.remove("controller " + id);
            nodes.put(cluster.controllers().contains(id) ? "node " + id : "broker " + id, id);
        });
    }

    /** @param port of the node; of a cluster's first broker, the others have the next ones */
    static DemoBroker start(Path directory, int port, boolean whole) {
        long beginNs = System.nanoTime();
        EmbeddedCluster.Builder builder =
                EmbeddedCluster.builder().directory(directory).port(port);
        EmbeddedCluster cluster = whole
                ? builder.controllers(CLUSTER).brokers(CLUSTER).start()
                : builder.combined(1).start();
        return new EmbeddedDemoBroker(cluster, (System.nanoTime() - beginNs) / 1_000_000);
    }

    @Override
    public String bootstrapServers() {
        return cluster.bootstrapServers();
    }

    @Override
    public String description() {
        String what = nodes.size() == 1
                ? "a Milena node"
                : "three controllers and three brokers, three replicas, two of them must acknowledge";
        return what + ", started in " + startedMs + " ms";
    }

    @Override
    public List<String> nodes() {
        return List.copyOf(nodes.keySet());
    }

    @Override
    public void kill(String node) {
        cluster.kill(id(node));
    }

    @Override
    public void restart(String node) {
        cluster.restart(id(node));
    }

    private int id(String node) {
        Integer id = nodes.get(node);
        if (id == null) {
            throw new IllegalArgumentException("There is no " + node + ", only " + nodes.keySet());
        }
        return id;
    }

    @Override
    public void close() {
        cluster.close();
    }
}
