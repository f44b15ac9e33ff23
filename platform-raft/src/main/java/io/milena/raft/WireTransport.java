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
import org.apache.kafka.common.protocol.ApiMessage;

/** {@link RaftTransport} over real connections, one per address; names are resolved anew at each dial. */
public final class WireTransport implements RaftTransport {
    private final WireEventLoops loops;
    private final NodeClientConfig config;
    private final Map<HostPort, NodeClient> clients = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /** @param config client id, time-outs and security of the controller listener; its request time-out is the one that counts */
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
        return clients.computeIfAbsent(destination, this::connect).send(request);
    }

    private NodeClient connect(HostPort address) {
        return new NodeClient(loops, config, () -> InetSocketAddress.createUnresolved(address.host(), address.port()));
    }

    @Override
    public void close() {
        closed = true;
        clients.values().forEach(NodeClient::close);
        clients.clear();
    }
}
