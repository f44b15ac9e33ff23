package io.milena.raft;

import io.milena.raft.core.HostPort;
import io.milena.wire.NodeClient;
import io.milena.wire.NodeClientConfig;
import io.milena.wire.WireEventLoops;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/**
 * {@link RaftTransport} over real connections; names are resolved anew at each dial. An address has two connections: one for Fetch,
 * which the other side parks, and one for all else. A connection's answers come in the order of its requests, and a registration that
 * waits for its commit would wait for the very Fetch that stands behind it.
 */
public final class WireTransport implements RaftTransport {
    private final WireEventLoops loops;
    private final NodeClientConfig config;
    private final Map<Lane, NodeClient> clients = new ConcurrentHashMap<>();
    private volatile boolean closed;

    private record Lane(HostPort address, boolean parked) {}

    /** @param config client id, time-out of dials and security of the controller listener */
    public WireTransport(WireEventLoops loops, NodeClientConfig config) {
        this.loops = loops;
        this.config =
                config.withReconnectBackoffMs(5, 20); // the core paces itself; a leader that returns is met at once
    }

    @Override
    public CompletableFuture<ApiMessage> send(HostPort destination, ApiMessage request, long timeoutMs) {
        if (closed) {
            return CompletableFuture.failedFuture(new DisconnectException("closed"));
        }
        boolean parked = request.apiKey() == ApiKeys.FETCH.id;
        return clients.computeIfAbsent(new Lane(destination, parked), this::connect)
                .sendWithin(request, Math.toIntExact(timeoutMs));
    }

    @Override
    public void prepare(HostPort destination) {
        if (!closed) {
            clients.computeIfAbsent(new Lane(destination, false), this::connect).apiVersions();
        }
    }

    private NodeClient connect(Lane lane) {
        HostPort address = lane.address();
        return new NodeClient(loops, config, () -> InetSocketAddress.createUnresolved(address.host(), address.port()));
    }

    @Override
    public void close() {
        closed = true;
        clients.values().forEach(NodeClient::close);
        clients.clear();
    }
}
