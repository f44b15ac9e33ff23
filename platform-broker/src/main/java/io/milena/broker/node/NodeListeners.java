package io.milena.broker.node;

import io.milena.metadata.Endpoint;
import io.milena.metadata.config.NodeConfig;
import io.milena.wire.HandlerRegistry;
import io.milena.wire.ListenerEndpoint;
import io.milena.wire.RequestObserver;
import io.milena.wire.WireEventLoops;
import io.milena.wire.WireLimits;
import io.milena.wire.WireServer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Servers for a node's listeners, with the limits and the security that the configuration sets. */
final class NodeListeners {
    private NodeListeners() {}

    static WireServer server(
            NodeConfig config,
            List<Endpoint> listeners,
            HandlerRegistry registry,
            WireEventLoops loops,
            RequestObserver observer) {
        WireServer.Builder builder =
                WireServer.builder().eventLoops(loops).limits(limits(config)).observer(observer);
        ListenerSecurity security = new ListenerSecurity(config);
        for (Endpoint listener : listeners) {
            builder.listener(
                    new ListenerEndpoint(listener.listener(), listener.host(), listener.port(), listener.protocol()),
                    registry);
            builder.sasl(listener.listener(), security.sasl(listener.listener()));
            security.tls(listener.listener()).ifPresent(tls -> builder.tls(listener.listener(), tls));
        }
        return builder.build();
    }

    private static WireLimits limits(NodeConfig config) {
        WireLimits defaults = WireLimits.defaults();
        return defaults.with(defaults.requests().withMaxBytes(config.intOf("socket.request.max.bytes")))
                .with(new WireLimits.Sockets(
                        config.intOf("socket.send.buffer.bytes"),
                        config.intOf("socket.receive.buffer.bytes"),
                        config.intOf("socket.listen.backlog.size")))
                .with(new WireLimits.Connections(
                        config.intOf("max.connections"),
                        config.intOf("max.connections.per.ip"),
                        overrides(config),
                        config.longOf("connections.max.idle.ms")));
    }

    /** {@code host:count,host:count} */
    private static Map<String, Integer> overrides(NodeConfig config) {
        Map<String, Integer> overrides = new HashMap<>();
        for (String entry : config.list("max.connections.per.ip.overrides")) {
            int colon = entry.lastIndexOf(':');
            overrides.put(
                    entry.substring(0, colon).trim(),
                    Integer.parseInt(entry.substring(colon + 1).trim()));
        }
        return overrides;
    }
}
