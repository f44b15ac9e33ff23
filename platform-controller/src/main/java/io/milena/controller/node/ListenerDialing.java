package io.milena.controller.node;

import io.milena.controller.BrokerProbe;
import io.milena.controller.core.BrokerState;
import io.milena.wire.ListenerProbe;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Dials the listeners that a broker registered. All of them, for an advertised address may mean something else on this host, as
 * {@code localhost} does in a container.
 */
final class ListenerDialing implements BrokerProbe {
    private final ListenerProbe probe;

    ListenerDialing(ListenerProbe probe) {
        this.probe = probe;
    }

    @Override
    public CompletableFuture<Boolean> isGone(BrokerState broker) {
        List<InetSocketAddress> listeners = broker.endpoints().values().stream()
                .map(endpoint -> InetSocketAddress.createUnresolved(endpoint.host(), endpoint.port()))
                .toList();
        return probe.probeAll(listeners).thenApply(finding -> finding == ListenerProbe.Finding.REFUSED);
    }
}
