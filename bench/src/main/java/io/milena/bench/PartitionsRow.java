package io.milena.bench;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/** Creating many partitions, their memory, and restarting with them, cleanly and after kill -9. */
final class PartitionsRow implements Row {
    private static final int PER_TOPIC = 100;
    private final String name;
    private final int partitions;

    PartitionsRow(String name, int partitions) {
        this.name = name;
        this.partitions = partitions;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Map<String, Double> measure(Server server) throws Exception {
        Map<String, Double> figures = Row.figures();
        String what = partitions + " partitions: ";
        try (ServerProcess node = ServerProcess.formatted(server, Map.of())) {
            node.start();
            node.awaitPort();
            Clients.createTopic(node.bootstrap(), "first", 1);
            long startNs = System.nanoTime();
            try (Admin admin = Clients.admin(node.bootstrap())) {
                admin.createTopics(java.util.stream.IntStream.range(0, partitions / PER_TOPIC)
                                .mapToObj(
                                        i -> new org.apache.kafka.clients.admin.NewTopic("t" + i, PER_TOPIC, (short) 1))
                                .toList())
                        .all()
                        .get();
            }
            awaitEveryPartition(node.bootstrap());
            figures.put(what + "create, ms", (System.nanoTime() - startNs) / 1e6);
            figures.put(what + "resident memory, MiB", node.residentMib());
            node.stop();
            figures.put(what + "restart clean, ms", restart(node));
            node.kill();
            figures.put(what + "restart after kill -9, ms", restart(node));
        }
        return figures;
    }

    private double restart(ServerProcess node) throws Exception {
        node.start();
        node.awaitPort();
        awaitEveryPartition(node.bootstrap());
        return (System.nanoTime() - node.startedNs()) / 1e6;
    }

    private void awaitEveryPartition(String bootstrap) throws InterruptedException {
        Map<TopicPartition, OffsetSpec> request = new HashMap<>();
        for (int topic = 0; topic < partitions / PER_TOPIC; topic++) {
            Clients.partitions("t" + topic, PER_TOPIC).forEach(tp -> request.put(tp, OffsetSpec.latest()));
        }
        try (Admin admin = Clients.admin(bootstrap)) {
            while (true) {
                try {
                    admin.listOffsets(request).all().get();
                    return;
                } catch (ExecutionException notYet) {
                    Thread.sleep(5);
                }
            }
        }
    }
}
