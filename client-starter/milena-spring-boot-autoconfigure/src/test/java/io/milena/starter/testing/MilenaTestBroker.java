package io.milena.starter.testing;

import io.milena.embedded.EmbeddedNode;
import org.jspecify.annotations.Nullable;

/** Our own node, in this JVM and until its end. */
final class MilenaTestBroker {

    private MilenaTestBroker() {}

    static TestBroker start(@Nullable String advertised) {
        EmbeddedNode.Builder builder = EmbeddedNode.builder().property("auto.create.topics.enable", "false");
        if (advertised != null) {
            builder.property("advertised.listeners", "PLAINTEXT://" + advertised);
        }
        EmbeddedNode node = builder.start();
        Runtime.getRuntime().addShutdownHook(new Thread(node::close));
        String servers = node.bootstrapServers();
        return () -> servers;
    }
}
