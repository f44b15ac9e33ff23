package io.milena.demo;

import io.milena.embedded.EmbeddedNode;
import java.nio.file.Path;

/** Our own node, in this JVM. */
final class EmbeddedDemoBroker implements DemoBroker {

    private final EmbeddedNode node;
    private final long startedMs;

    private EmbeddedDemoBroker(EmbeddedNode node, long startedMs) {
        this.node = node;
        this.startedMs = startedMs;
    }

    static DemoBroker start(Path directory, int port) {
        long beginNs = System.nanoTime();
        EmbeddedNode node =
                EmbeddedNode.builder().directory(directory).port(port).start();
        return new EmbeddedDemoBroker(node, (System.nanoTime() - beginNs) / 1_000_000);
    }

    @Override
    public String bootstrapServers() {
        return node.bootstrapServers();
    }

    @Override
    public String description() {
        return "a Milena node, started in " + startedMs + " ms";
    }

    @Override
    public void close() {
        node.close();
    }
}
