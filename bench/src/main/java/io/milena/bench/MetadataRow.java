package io.milena.bench;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Many partitions in the metadata of three controllers, on three brokers that exist on paper only ({@link PaperBroker}): creating
 * them, the memory of a controller, the failover of the active one, and new starts, which load a snapshot: of one controller
 * beside two that run, and of all three at once.
 */
final class MetadataRow implements Row {
    private static final int PER_TOPIC = 100;
    /** Stays below the 10,000 records that one request may make. */
    private static final int TOPICS_PER_REQUEST = 50;

    private static final int REPLICATION_FACTOR = 3;

    private final String name;
    private final int partitions;
    private final int heapMib;
    private final int snapshotMib;

    /**
     * @param heapMib of each controller, the same for every server
     * @param snapshotMib metadata.log.max.record.bytes.between.snapshots; a partition's record takes about 120 bytes
     */
    MetadataRow(String name, int partitions, int heapMib, int snapshotMib) {
        this.name = name;
        this.partitions = partitions;
        this.heapMib = heapMib;
        this.snapshotMib = snapshotMib;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean warmsUp() {
        return false;
    }

    @Override
    public Map<String, Double> measure(Server server) throws Exception {
        Map<String, Double> figures = Row.figures();
        try (PaperBroker first = new PaperBroker(101);
                PaperBroker second = new PaperBroker(102);
                PaperBroker third = new PaperBroker(103);
                Cluster cluster = Cluster.split(server.withHeapMib(heapMib), 3, 0, configuration())) {
            cluster.start();
            Quorum quorum = new Quorum(cluster);
            for (PaperBroker broker : List.of(first, second, third)) {
                quorum.register(broker);
            }
            measure(cluster, quorum, figures);
        }
        return figures;
    }

    private void measure(Cluster cluster, Quorum quorum, Map<String, Double> figures) throws Exception {
        String what = String.format("%,d partitions in the metadata: ", partitions);
        long startNs = System.nanoTime();
        create(quorum);
        figures.put(what + "create, ms", msSince(startNs));
        quorum.awaitAllCaughtUp();
        int leader = quorum.leader();
        ServerProcess active = cluster.controller(leader);
        figures.put(what + "resident memory of the active controller, MiB", active.residentMib());
        startNs = System.nanoTime();
        active.killNow();
        quorum.createTopics(List.of("after-failover"), 1, REPLICATION_FACTOR);
        figures.put(what + "active controller killed, next topic created, ms", msSince(startNs));
        active.kill();
        active.start();
        quorum.awaitTopic(leader, "t0");
        figures.put(what + "it started again and knows all topics, ms", msSince(active.startedNs()));
        quorum.awaitAllCaughtUp();
        for (ServerProcess controller : cluster.nodes()) {
            controller.stop();
        }
        startNs = System.nanoTime();
        cluster.start();
        quorum.createTopics(List.of("after-restart"), 1, REPLICATION_FACTOR);
        figures.put(what + "all three started again, next topic created, ms", msSince(startNs));
    }

    private Map<String, String> configuration() {
        return Map.of(
                "broker.session.timeout.ms", // The brokers on paper send no heartbeats.
                "3600000",
                "metadata.log.max.record.bytes.between.snapshots",
                Integer.toString(snapshotMib * 1024 * 1024));
    }

    private static double msSince(long startNs) {
        return (System.nanoTime() - startNs) / 1e6;
    }

    private void create(Quorum quorum) throws Exception {
        int topics = partitions / PER_TOPIC;
        for (int first = 0; first < topics; first += TOPICS_PER_REQUEST) {
            List<String> names = IntStream.range(first, Math.min(topics, first + TOPICS_PER_REQUEST))
                    .mapToObj(i -> "t" + i)
                    .toList();
            quorum.createTopics(names, PER_TOPIC, REPLICATION_FACTOR);
        }
    }
}
