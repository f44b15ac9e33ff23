package io.milena.wire;

import java.util.Set;
import java.util.concurrent.Executor;

/** What all connections of one listener share. */
record ListenerContext(
        ListenerEndpoint endpoint,
        HandlerRegistry registry,
        WireLimits limits,
        RequestObserver observer,
        SaslSettings sasl,
        WireMemory memory,
        Executor elsewhere,
        ConnectionQuota quota,
        Set<ServerConnection> connections) {

    void opened(ServerConnection connection) {
        connections.add(connection);
        observer.onConnect(endpoint.name());
    }

    void closed(ServerConnection connection) {
        if (connections.remove(connection)) {
            quota.giveBack(connection.clientAddress());
            observer.onDisconnect(endpoint.name());
        }
    }
}
