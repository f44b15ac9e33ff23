package io.milena.starter.testing;

/**
 * The broker tests run on: one per JVM, started when first asked for, gone with the JVM. {@code -Dmilena.test.broker=apache} or
 * {@code milena} chooses which; both pass the same tests.
 */
public interface TestBroker {

    String bootstrapServers();

    /** The broker of this JVM. */
    static TestBroker shared() {
        return SharedTestBroker.INSTANCE;
    }
}
