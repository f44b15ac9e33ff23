package io.milena.bench.embedded;

import io.milena.embedded.EmbeddedNode;

final class MilenaInProcess implements InProcessBroker {
    private final EmbeddedNode node = EmbeddedNode.start();

    @Override
    public String bootstrapServers() {
        return node.bootstrapServers();
    }

    @Override
    public void close() {
        node.close();
    }
}
