package io.milena.wire;

import org.apache.kafka.common.security.auth.SecurityProtocol;

/**
 * Where a listener listens.
 *
 * @param name the listener's name in upper case, for instance {@code PLAINTEXT} or {@code CONTROLLER}
 * @param host the address to bind to; empty binds to all
 * @param port the port to bind to, 0 for an ephemeral one
 */
public record ListenerEndpoint(String name, String host, int port, SecurityProtocol protocol) {

    public ListenerEndpoint {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("Listener " + name + ": port " + port + " is not between 0 and 65535.");
        }
    }

    /** Whether clients have to authenticate by SASL. */
    public boolean sasl() {
        return protocol == SecurityProtocol.SASL_PLAINTEXT || protocol == SecurityProtocol.SASL_SSL;
    }

    /** Whether the connection is encrypted. */
    public boolean tls() {
        return protocol == SecurityProtocol.SSL || protocol == SecurityProtocol.SASL_SSL;
    }
}
