package io.milena.bench;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/**
 * Three combined nodes, one topic of six partitions, replication factor 3, min.insync.replicas 2, an idempotent producer
 * with acks=all and 100-byte records: the first two million after the start (cold), then, after two million more, another
 * two million (warm). Throughput, and the CPU time of all three nodes together.
 */
final class ReplicatedRow implements Row {
    private static final int NODES = 3;

    @Override
    public String name() {
        return "replicated";
    }

    @Override
    public boolean alsoBare() {
        return true;
    }

    @Override
    public Map<String, Double> measure(Server server) throws Exception {
        Map<String, Double> figures = Row.figures();
        try (Cluster cluster = Cluster.combined(server, NODES, Map.of("min.insync.replicas", "2"))) {
            cluster.start();
            try (Admin admin = Clients.admin(cluster.bootstrap())) {
                Clients.awaitBrokers(admin, NODES);
                admin.createTopics(List.of(
                                new NewTopic("load", Optional.of(ProduceRow.PARTITIONS), Optional.of((short) 3))))
                        .all()
                        .get();
            }
            measureOnce(cluster, "cold", figures);
            ProduceRow.produce(cluster.bootstrap(), "load", ProduceRow.RECORDS);
            measureOnce(cluster, "warm", figures);
        }
        return figures;
    }

    private static void measureOnce(Cluster cluster, String phase, Map<String, Double> figures) throws Exception {
        double cpuBefore = cluster.cpuSeconds();
        long startNs = System.nanoTime();
        ProduceRow.produce(cluster.bootstrap(), "load", ProduceRow.RECORDS);
        double seconds = (System.nanoTime() - startNs) / 1e9;
        double cpu = cluster.cpuSeconds() - cpuBefore;
        figures.put("replicated produce throughput, " + phase + ", records/s", ProduceRow.RECORDS / seconds);
        figures.put(
                "CPU of all three nodes per million replicated records, " + phase + ", s",
                cpu * 1e6 / ProduceRow.RECORDS);
    }
}
