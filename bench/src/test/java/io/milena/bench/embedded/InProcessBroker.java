package io.milena.bench.embedded;

/** A running broker in this JVM. */
interface InProcessBroker extends AutoCloseable {
    String bootstrapServers();
}
