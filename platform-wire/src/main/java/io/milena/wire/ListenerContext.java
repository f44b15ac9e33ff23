package io.milena.wire;

import java.util.Map;
import java.util.Set;

/** What all connections of one listener share. */
record ListenerContext(
        ListenerEndpoint endpoint,
        HandlerRegistry registry,
        WireLimits limits,
        RequestObserver observer,
        Map<String, String> plainUsers,
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
