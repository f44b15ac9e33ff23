package io.milena.bench;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Many partitions in the metadata of three controllers, on three brokers that exist on paper only ({@link Quorum}): creating
 * them, the memory of a controller, the failover of the active one, and a new start of all three, which loads a snapshot.
 */
final class MetadataRow implements Row {
    private static final int PER_TOPIC = 100;
    /** Stays below the 10,000 records that one request may make. */
    private static final int TOPICS_PER_REQUEST = 50;

    private static final int BROKERS = 3;
    private static final int REPLICATION_FACTOR = 3;
    private static final Map<String, String> CONFIGURATION = Map.of(
            // The brokers on paper send no heartbeats.
            "broker.session.timeout.ms",
            "3600000",
            "metadata.log.max.record.bytes.between.snapshots",
            Integer.toString(5 * 1024 * 1024));

    private final String name;
    private final int partitions;
    private final int heapMib;

    /** @param heapMib of each controller, the same for every server */
    MetadataRow(String name, int partitions, int heapMib) {
        this.name = name;
        this.partitions = partitions;
        this.heapMib = heapMib;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Map<String, Double> measure(Server server) throws Exception {
        Map<String, Double> figures = Row.figures();
        String what = String.format("%,d partitions in the metadata: ", partitions);
        try (Cluster cluster = Cluster.split(server.withHeapMib(heapMib), 3, 0, CONFIGURATION)) {
            cluster.start();
            Quorum quorum = new Quorum(cluster);
            for (int broker = 1; broker <= BROKERS; broker++) {
                quorum.register(100 + broker);
            }
            long startNs = System.nanoTime();
            create(quorum);
            figures.put(what + "create, ms", (System.nanoTime() - startNs) / 1e6);
            quorum.awaitAllCaughtUp();
            int leader = quorum.leader();
            figures.put(
                    what + "resident memory of the active controller, MiB",
                    cluster.controller(leader).residentMib());
            startNs = System.nanoTime();
            cluster.controller(leader).killNow();
            quorum.createTopics(List.of("after-failover"), 1, REPLICATION_FACTOR);
            figures.put(what + "active controller killed, next topic created, ms", (System.nanoTime() - startNs) / 1e6);
            cluster.controller(leader).kill();
            cluster.controller(leader).start();
            cluster.controller(leader).awaitPort();
            quorum.awaitAllCaughtUp();
            for (ServerProcess controller : cluster.nodes()) {
                controller.stop();
            }
            startNs = System.nanoTime();
            cluster.start();
            quorum.createTopics(List.of("after-restart"), 1, REPLICATION_FACTOR);
            figures.put(what + "all three started again, next topic created, ms", (System.nanoTime() - startNs) / 1e6);
        }
        return figures;
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
