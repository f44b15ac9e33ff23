package io.milena.starter.testing;

import org.jspecify.annotations.Nullable;

/**
 * A broker for tests, gone with the JVM at the latest. {@code -Dmilena.test.broker=apache} or {@code milena} chooses which; both
 * pass the same tests.
 */
public interface TestBroker {

    String bootstrapServers();

    /** The broker of this JVM, started when first asked for. */
    static TestBroker shared() {
        return SharedTestBroker.INSTANCE;
    }

    /** A broker without any topics, for a test that wants to be alone. */
    static TestBroker fresh() {
        return start(null);
    }

    /** A broker that tells its clients to connect to another address than its own, until the end of this JVM. */
    static TestBroker advertising(String hostAndPort) {
        return start(hostAndPort);
    }

    private static TestBroker start(@Nullable String advertised) {
        String kind = System.getProperty("milena.test.broker", "milena");
        return switch (kind) {
            case "milena" -> MilenaTestBroker.start(advertised);
            case "apache" -> ApacheTestBroker.start(advertised);
            default ->
                throw new IllegalArgumentException(
                        "milena.test.broker=" + kind + " is unknown; there are 'milena' and 'apache'");
        };
    }
}
