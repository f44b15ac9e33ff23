package io.milena.wire;

import java.util.Map;

/** Kafka's protocol served on one or more listeners. */
public final class WireServer implements AutoCloseable {

    private WireServer() {}

    public static Builder builder() {
        return new Builder();
    }

    /**
     * Binds all listeners and starts to accept.
     *
     * @throws java.io.UncheckedIOException if an address cannot be bound, naming it; nothing stays bound then
     */
    public void start() {
        throw new UnsupportedOperationException("under construction");
    }

    /** The port that a listener is bound to. */
    public int boundPort(String listener) {
        throw new UnsupportedOperationException("under construction");
    }

    /** Stops accepting, lets answers that are on their way drain, and closes all connections. Not on an event loop. */
    @Override
    public void close() {
        throw new UnsupportedOperationException("under construction");
    }

    /** Collects what a server needs. */
    public static final class Builder {

        private Builder() {}

        /** The loops to run on; they are not closed with the server. */
        public Builder eventLoops(WireEventLoops loops) {
            return this;
        }

        public Builder listener(ListenerEndpoint endpoint, HandlerRegistry registry) {
            return this;
        }

        public Builder limits(WireLimits limits) {
            return this;
        }

        /** Users and passwords of a SASL listener, for mechanism PLAIN. */
        public Builder saslPlain(String listener, Map<String, String> passwordsByUser) {
            return this;
        }

        /** Keys and rules of a TLS listener. */
        public Builder tls(String listener, TlsSettings settings) {
            return this;
        }

        public Builder observer(RequestObserver observer) {
            return this;
        }

        public WireServer build() {
            return new WireServer();
        }
    }
}
