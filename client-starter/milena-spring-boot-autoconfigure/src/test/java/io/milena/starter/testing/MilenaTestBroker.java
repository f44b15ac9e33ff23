package io.milena.starter.testing;

import io.milena.embedded.EmbeddedNode;

/** Our own node, in this JVM and until its end. */
final class MilenaTestBroker {

    private MilenaTestBroker() {}

    static TestBroker start() {
        EmbeddedNode node = EmbeddedNode.builder()
                .property("auto.create.topics.enable", "false")
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(node::close));
        String servers = node.bootstrapServers();
        return () -> servers;
    }
}
