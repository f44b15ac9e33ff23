package io.milena.metadata;

import org.apache.kafka.common.security.auth.SecurityProtocol;

/** Where a node can be reached: a listener with the host and port it advertises. */
public record Endpoint(String listener, String host, int port, SecurityProtocol protocol) {
    /**
     * As records tell of it.
     *
     * @throws IllegalArgumentException if there is no such security protocol
     */
    static Endpoint of(String listener, String host, int port, short protocolId) {
        for (SecurityProtocol protocol : SecurityProtocol.values()) {
            if (protocol.id == protocolId) {
                return new Endpoint(listener, host, port, protocol);
            }
        }
        throw new IllegalArgumentException("Unknown security protocol " + protocolId + " of listener " + listener);
    }
}
