package io.milena.compare;

import io.milena.testkit.process.Engine;
import io.milena.testkit.process.NodeProcess;
import io.milena.testkit.process.ProcessCluster;
import java.nio.file.Path;
import java.util.Map;

/** One combined node each of Apache Kafka and Milena, fresh, with the same settings; killed when closed. */
final class Pair implements AutoCloseable {
    private static final Map<String, String> SETTINGS =
            Map.of("auto.create.topics.enable", "false", "log.cleaner.dedupe.buffer.size", "4194304");

    private final ProcessCluster kafka;
    private final ProcessCluster milena;
    private final Server theirs;
    private final Server ours;

    /** Returns when both serve. */
    Pair(Path directory) {
        kafka = cluster(directory.resolve("kafka"), Engine.apacheKafka());
        milena = cluster(directory.resolve("milena"), Engine.milena());
        theirs = server("Apache Kafka", kafka.node(1));
        ours = server("Milena", milena.node(1));
        start();
    }

    /** Starts what does not run. */
    void start() {
        kafka.nodes().forEach(NodeProcess::start);
        milena.nodes().forEach(NodeProcess::start);
        kafka.awaitServing();
        milena.awaitServing();
    }

    Server theirs() {
        return theirs;
    }

    Server ours() {
        return ours;
    }

    private static ProcessCluster cluster(Path directory, Engine engine) {
        return ProcessCluster.in(directory)
                .combined(1)
                .engine(engine)
                .settings(SETTINGS)
                .create();
    }

    private static Server server(String name, NodeProcess node) {
        Server server = new Server(name, node.port(), node.controllerPort());
        server.learned().put("logDir", Json.text(node.data().toString()));
        return server;
    }

    @Override
    public void close() {
        theirs.close();
        ours.close();
        kafka.close();
        milena.close();
    }
}
