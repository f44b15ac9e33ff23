package io.milena.wire;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Kafka's protocol served on one or more listeners. */
public final class WireServer implements AutoCloseable {

    private static final long SWEEP_MS = 1_000;

    private final WireEventLoops loops;
    private final WireLimits limits;
    private final RequestObserver observer;
    private final List<ListenerBinding> bindings;
    private final Set<ServerConnection> connections = ConcurrentHashMap.newKeySet();
    private final Map<String, Channel> bound = new LinkedHashMap<>();
    private @Nullable ScheduledFuture<?> sweep;

    private WireServer(Builder builder) {
        this.loops = Objects.requireNonNull(builder.loops, "A server needs event loops.");
        this.limits = builder.limits;
        this.observer = builder.observer;
        this.bindings = bindings(builder);
    }

    public static Builder builder() {
        return new Builder();
    }

    private List<ListenerBinding> bindings(Builder builder) {
        ConnectionQuota quota = new ConnectionQuota(limits.connections());
        List<ListenerBinding> all = new ArrayList<>();
        builder.listeners.forEach(listener -> {
            ListenerEndpoint endpoint = listener.endpoint();
            ListenerContext context = new ListenerContext(
                    endpoint,
                    listener.registry(),
                    limits,
                    observer,
                    builder.sasl.getOrDefault(endpoint.name(), SaslSettings.plain(Map.of())),
                    loops.memory(),
                    loops.largeRequests(),
                    quota,
                    connections);
            all.add(new ListenerBinding(loops, context, builder.tls.get(endpoint.name())));
        });
        return all;
    }

    /** Binds all listeners and accepts connections: {@link #bind()}, then {@link #accept()}. */
    public void start() {
        bind();
        accept();
    }

    /**
     * Binds all listeners, so that their ports are known. Who connects now waits in the backlog until {@link #accept()}: a node
     * can tell others its address before it is ready to serve.
     *
     * @throws java.io.UncheckedIOException if an address cannot be bound, naming it; nothing stays bound then
     * @throws IllegalArgumentException if a TLS listener's settings cannot be used
     */
    public synchronized void bind() {
        for (ListenerBinding binding : bindings) {
            ListenerEndpoint endpoint = binding.endpoint();
            ChannelFuture bind = binding.bind().awaitUninterruptibly();
            Throwable failure = bind.cause();
            if (failure != null) {
                close();
                String message = "Listener %s cannot be bound to %s:%d: %s"
                        .formatted(endpoint.name(), endpoint.host(), endpoint.port(), failure.getMessage());
                throw new UncheckedIOException(message, new IOException(message, failure));
            }
            bound.put(endpoint.name(), bind.channel());
        }
    }

    /** Accepts connections from now on, those that wait already first. */
    public synchronized void accept() {
        bound.values().forEach(channel -> channel.config().setAutoRead(true));
        long idleMs = limits.connections().maxIdleMs();
        long everyMs = idleMs < 0 ? SWEEP_MS : Math.max(20, Math.min(SWEEP_MS, idleMs / 10));
        sweep = loops.acceptors().scheduleAtFixedRate(this::sweep, everyMs, everyMs, TimeUnit.MILLISECONDS);
    }

    /** The port that a listener is bound to. */
    public synchronized int boundPort(String listener) {
        Channel channel = bound.get(listener);
        if (channel == null) {
            throw new IllegalStateException("Listener " + listener + " is not bound; bound are " + bound.keySet());
        }
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    /** How many clients are connected. */
    public int connectionCount() {
        return connections.size();
    }

    /** Stops accepting, lets answers that are on their way drain, and closes all connections. Not on an event loop. */
    @Override
    public synchronized void close() {
        if (sweep != null) {
            sweep.cancel(false);
        }
        bound.values().forEach(channel -> channel.close().awaitUninterruptibly());
        bound.clear();
        List<ServerConnection> open = List.copyOf(connections);
        CountDownLatch left = new CountDownLatch(open.size());
        for (ServerConnection connection : open) {
            connection.onClose(left::countDown);
            connection.loop().execute(connection::drain);
        }
        if (!await(left, limits.answers().drainTimeoutMs())) {
            open.forEach(ServerConnection::close);
            await(left, 1_000);
        }
    }

    /** Closes what is idle or overdue. */
    private void sweep() {
        long nowNs = System.nanoTime();
        connections.forEach(connection -> connection.deadlines().check(nowNs));
    }

    private static boolean await(CountDownLatch latch, long ms) {
        try {
            return latch.await(ms, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Collects what a server needs. */
    public static final class Builder {

        private final List<Listener> listeners = new ArrayList<>();
        private final Map<String, SaslSettings> sasl = new HashMap<>();
        private final Map<String, TlsSettings> tls = new HashMap<>();
        private @Nullable WireEventLoops loops;
        private WireLimits limits = WireLimits.defaults();
        private RequestObserver observer = RequestObserver.NONE;

        private record Listener(ListenerEndpoint endpoint, HandlerRegistry registry) {}

        private Builder() {}

        /** The loops to run on; they are not closed with the server. */
        public Builder eventLoops(WireEventLoops eventLoops) {
            this.loops = eventLoops;
            return this;
        }

        public Builder listener(ListenerEndpoint endpoint, HandlerRegistry registry) {
            listeners.add(new Listener(endpoint, registry));
            return this;
        }

        public Builder limits(WireLimits wireLimits) {
            this.limits = wireLimits;
            return this;
        }

        /** How the clients of a SASL listener authenticate themselves. */
        public Builder sasl(String listener, SaslSettings settings) {
            sasl.put(listener, settings);
            return this;
        }

        /** Keys and rules of a TLS listener. */
        public Builder tls(String listener, TlsSettings settings) {
            tls.put(listener, settings);
            return this;
        }

        public Builder observer(RequestObserver requestObserver) {
            this.observer = requestObserver;
            return this;
        }

        public WireServer build() {
            return new WireServer(this);
        }
    }
}
