package io.milena.raft;

import io.milena.raft.core.HostPort;
import io.milena.wire.NodeClient;
import io.milena.wire.NodeClientConfig;
import io.milena.wire.WireEventLoops;
import java.net.InetSocketAddress;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;

/**
 * {@link RaftTransport} over real connections; names are resolved anew at each dial. An address has two connections: one for Fetch,
 * which the other side parks, and one for all else. A connection's answers come in the order of its requests, and a registration that
 * waits for its commit would wait for the very Fetch that stands behind it. Addresses come from what others say, so the connections
 * are bounded in number: the one that was used longest ago is closed.
 */
public final class WireTransport implements RaftTransport {
    /** Two for each of some thirty addresses: more than voters that a quorum has. */
    static final int MAX_CONNECTIONS = 64;

    private final WireEventLoops loops;
    private final NodeClientConfig config;

    /** The one used longest ago first; guarded by {@code this}. */
    private final Map<Lane, NodeClient> clients = new LinkedHashMap<>(16, 0.75f, true);

    private boolean closed;

    private record Lane(HostPort address, boolean parked) {}

    /** @param config client id, time-out of dials and security of the controller listener */
    public WireTransport(WireEventLoops loops, NodeClientConfig config) {
        this.loops = loops;
        this.config =
                config.withReconnectBackoffMs(5, 20); // the core paces itself; a leader that returns is met at once
    }

    @Override
    public CompletableFuture<ApiMessage> send(HostPort destination, ApiMessage request, long timeoutMs) {
        boolean parked = request.apiKey() == ApiKeys.FETCH.id;
        NodeClient client = client(new Lane(destination, parked));
        return client == null
                ? CompletableFuture.failedFuture(new DisconnectException("closed"))
                : client.sendWithin(request, Math.toIntExact(timeoutMs));
    }

    @Override
    public void prepare(HostPort destination) {
        NodeClient client = client(new Lane(destination, false));
        if (client != null) {
            client.apiVersions();
        }
    }

    /** Null once this is closed. */
    private synchronized @Nullable NodeClient client(Lane lane) {
        if (closed) {
            return null;
        }
        NodeClient client = clients.computeIfAbsent(lane, this::connect);
        if (clients.size() > MAX_CONNECTIONS) {
            Iterator<NodeClient> oldestFirst = clients.values().iterator();
            NodeClient oldest = oldestFirst.next();
            oldestFirst.remove();
            oldest.close();
        }
        return client;
    }

    /** How many connections there are now. */
    synchronized int connections() {
        return clients.size();
    }

    private NodeClient connect(Lane lane) {
        HostPort address = lane.address();
        return new NodeClient(loops, config, () -> InetSocketAddress.createUnresolved(address.host(), address.port()));
    }

    @Override
    public synchronized void close() {
        closed = true;
        List<NodeClient> all = List.copyOf(clients.values());
        clients.clear();
        all.forEach(NodeClient::close);
    }
}
