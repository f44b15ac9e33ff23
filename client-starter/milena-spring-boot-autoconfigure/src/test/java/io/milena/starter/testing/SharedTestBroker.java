package io.milena.starter.testing;

/** Holds the one broker of this JVM. */
final class SharedTestBroker {

    static final TestBroker INSTANCE = start(System.getProperty("milena.test.broker", "apache"));

    private SharedTestBroker() {}

    private static TestBroker start(String kind) {
        if (kind.equals("apache")) {
            return ApacheTestBroker.start();
        }
        throw new IllegalArgumentException("milena.test.broker=" + kind + " is unknown; try 'apache'");
    }
}
