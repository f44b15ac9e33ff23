package io.milena.starter.testing;

/** Holds the one broker of this JVM. */
final class SharedTestBroker {

    static final TestBroker INSTANCE = TestBroker.fresh();

    private SharedTestBroker() {}
}
