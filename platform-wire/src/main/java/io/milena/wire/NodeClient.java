package io.milena.wire;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslContext;
import io.netty.resolver.NoopAddressResolverGroup;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A request/response connection to another node: pipelined, dialled with the first request and again after a loss. Any
 * thread may call it. Futures complete on the connection's event loop: what follows them must not block. Response messages
 * own their bytes.
 */
public final class NodeClient implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(NodeClient.class);
    private static final int MAX_DOUBLINGS = 16;

    private final WireEventLoops loops;
    private final NodeClientConfig config;
    private final NodeAddress address;
    private final EventLoop loop;
    private final List<Runnable> disconnectActions = new CopyOnWriteArrayList<>();
    private volatile boolean connected;

    // All below on the event loop only.
    private final ArrayDeque<NodeCall> waiting = new ArrayDeque<>();
    private @Nullable NodeConnection connection;
    private @Nullable NodeVersions versions;
    private @Nullable ScheduledFuture<?> timer;
    private boolean dialling;
    private boolean closed;
    private int failedDials;
    private long nextDialNs = System.nanoTime();

    /**
     * @param address asked anew at each dial; an unresolved address is looked up anew each time, away from the event loops
     */
    public NodeClient(WireEventLoops loops, NodeClientConfig config, Supplier<InetSocketAddress> address) {
        this.loops = loops;
        this.config = config;
        this.address = new NodeAddress(loops, address);
        this.loop = loops.group().next();
        // The first client of these settings finds out whether they can be used at all.
        config.tls().ifPresent(loops.tlsContexts()::client);
    }

    /**
     * Sends a request at the highest version that both sides know.
     *
     * @return the response's data class, or fails with {@link ConnectionRefusedException} when nobody listens there, {@link
     *     DisconnectException} when the dial fails otherwise or the connection is lost, {@link TimeoutException} when no answer
     *     came in time, {@link UnsupportedVersionException} when no version is common
     */
    public CompletableFuture<ApiMessage> send(ApiMessage request) {
        return submit(NodeCall.of(request, NodeCall.HIGHEST_COMMON, deadlineNs(config.requestTimeoutMs())));
    }

    /** Sends a request at a given version; fails as {@link #send(ApiMessage)} does. */
    public CompletableFuture<ApiMessage> send(ApiMessage request, short version) {
        return submit(NodeCall.of(request, version, deadlineNs(config.requestTimeoutMs())));
    }

    /** Sends a request at a given version, with a time-out of its own; fails as {@link #send(ApiMessage)} does. */
    public CompletableFuture<ApiMessage> send(ApiMessage request, short version, int timeoutMs) {
        return submit(NodeCall.of(request, version, deadlineNs(timeoutMs)));
    }

    /** Sends a request at the highest common version, with a time-out of its own; fails as {@link #send(ApiMessage)} does. */
    public CompletableFuture<ApiMessage> sendWithin(ApiMessage request, int timeoutMs) {
        return submit(NodeCall.of(request, NodeCall.HIGHEST_COMMON, deadlineNs(timeoutMs)));
    }

    /** What the other node told about itself on connecting; dials if there is no connection. */
    public CompletableFuture<ApiVersionsResponseData> apiVersions() {
        return submit(NodeCall.probe(deadlineNs(config.requestTimeoutMs())))
                .thenApply(told -> (ApiVersionsResponseData) told);
    }

    /** Adds an action that runs, on an event loop, each time an established connection is lost: a suspicion of failure. */
    public void onDisconnect(Runnable action) {
        disconnectActions.add(action);
    }

    public boolean isConnected() {
        return connected;
    }

    /** Drops the connection, if there is one; what was sent on it fails. The next request dials anew. */
    public void disconnect() {
        onLoop(() -> drop(null));
    }

    /** Closes for good; what has no answer yet fails with a disconnect. Does not wait. */
    @Override
    public void close() {
        onLoop(() -> {
            closed = true;
            if (timer != null) {
                timer.cancel(false);
            }
            failWaiting(new DisconnectException("The client of " + address + " is closed."));
            drop(null);
        });
    }

    private CompletableFuture<ApiMessage> submit(NodeCall call) {
        if (!onLoop(() -> accept(call))) {
            call.fail(new DisconnectException("The event loops are closed."));
        }
        return call.future;
    }

    private boolean onLoop(Runnable task) {
        if (loop.inEventLoop()) {
            task.run();
            return true;
        }
        try {
            loop.execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    // ---- on the event loop

    private void accept(NodeCall call) {
        if (closed) {
            call.fail(new DisconnectException("The client of " + address + " is closed."));
        } else if (connection != null && versions != null) {
            dispatch(connection, versions, call);
        } else {
            waiting.add(call);
            dial();
        }
        armTimer(call.deadlineNs);
    }

    private static void dispatch(NodeConnection target, NodeVersions common, NodeCall call) {
        if (call.isProbe()) {
            call.completeProbe(common.told());
            return;
        }
        try {
            call.version = common.choose(call);
        } catch (UnsupportedVersionException e) {
            call.fail(e);
            return;
        }
        target.write(call);
    }

    private void dial() {
        if (dialling || connection != null) {
            return;
        }
        dialling = true;
        long pauseNs = nextDialNs - System.nanoTime();
        if (pauseNs > 0) {
            loop.schedule(this::resolve, pauseNs, TimeUnit.NANOSECONDS);
        } else {
            resolve();
        }
    }

    private void resolve() {
        if (closed) {
            dialling = false;
            return;
        }
        address.resolve(loop).whenComplete((target, failure) -> {
            if (failure != null) {
                dialFailed(failure, false);
            } else {
                connect(target);
            }
        });
    }

    private void connect(InetSocketAddress target) {
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .channel(loops.clientChannel())
                .resolver(NoopAddressResolverGroup.INSTANCE)
                .option(ChannelOption.ALLOCATOR, loops.allocator())
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, connectTimeoutMs())
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        loops.opened(channel);
                        buildPipeline(channel, target);
                    }
                });
        if (config.sendBufferBytes() > 0) {
            bootstrap.option(ChannelOption.SO_SNDBUF, config.sendBufferBytes());
        }
        if (config.receiveBufferBytes() > 0) {
            bootstrap.option(ChannelOption.SO_RCVBUF, config.receiveBufferBytes());
        }
        bootstrap.connect(target).addListener((ChannelFuture connect) -> {
            if (!connect.isSuccess()) {
                dialFailed(connect.cause(), ConnectionRefusedException.isRefusal(connect.cause()));
            }
        });
    }

    /** Grows with each dial that failed: a network that is slow is given more time. */
    private int connectTimeoutMs() {
        long grown = (long) config.connectTimeoutMs() << Math.min(failedDials, MAX_DOUBLINGS);
        return (int) Math.min(config.connectTimeoutMaxMs(), grown);
    }

    private void buildPipeline(Channel channel, InetSocketAddress target) {
        @Nullable SslContext tls = config.tls().map(loops.tlsContexts()::client).orElse(null);
        if (tls != null) {
            channel.pipeline().addLast(tls.newHandler(channel.alloc(), target.getHostString(), target.getPort()));
        }
        FrameDecoder decoder = new FrameDecoder(config.maxResponseBytes());
        if (tls == null) {
            channel.config().setRecvByteBufAllocator(new FrameReadAllocator(decoder));
        }
        channel.pipeline().addLast(decoder, new NodeConnection(this, channel, config.clientId(), tls != null));
    }

    /** The connection stands: its handshake begins. */
    void established(NodeConnection opened) {
        dialling = false;
        opened.establish();
        connection = opened;
        if (closed) {
            opened.close(null);
            return;
        }
        long deadlineNs = deadlineNs(connectTimeoutMs());
        armTimer(deadlineNs);
        new NodeHandshake(opened, config.credentials(), deadlineNs, told -> ready(opened, told)).begin();
    }

    private void ready(NodeConnection opened, ApiVersionsResponseData told) {
        failedDials = 0;
        connected = true;
        NodeVersions common = new NodeVersions(told);
        versions = common;
        for (NodeCall call = waiting.poll(); call != null; call = waiting.poll()) {
            dispatch(opened, common, call);
        }
    }

    private void dialFailed(Throwable failure, boolean refused) {
        dialling = false;
        backOff();
        LOG.debug("Dialling {} failed: {}", address, failure.toString());
        String message = "Dialling " + address + " failed: " + failure.getMessage();
        failWaiting(
                refused ? new ConnectionRefusedException(message, failure) : new DisconnectException(message, failure));
    }

    /** A connection is closed, by whichever side, in whichever state; may be told more than once. */
    @SuppressWarnings("ReferenceEquality") // whether it is the present connection
    void lost(NodeConnection gone, @Nullable Throwable cause) {
        if (!gone.isEstablished()) {
            dialFailed(cause == null ? new DisconnectException("closed by the peer") : cause, false);
        } else if (connection == gone) {
            boolean wasReady = versions != null;
            connection = null;
            versions = null;
            connected = false;
            if (wasReady) {
                nextDialNs = System.nanoTime();
                LOG.debug("The connection to {} is lost", address, cause);
                tellDisconnected();
            } else {
                dialFailed(
                        cause == null ? new DisconnectException("closed by the peer in the handshake") : cause, false);
            }
        }
    }

    private void tellDisconnected() {
        if (!closed) {
            disconnectActions.forEach(Runnable::run);
        }
    }

    /** Closes the connection and forgets it at once, so that what comes next is not sent into a closing one. */
    private void drop(@Nullable Throwable reason) {
        NodeConnection dropped = connection;
        if (dropped != null) {
            dropped.close(reason);
            lost(dropped, reason);
        }
    }

    private void backOff() {
        int doublings = Math.min(failedDials++, MAX_DOUBLINGS);
        long pauseMs = Math.min(config.reconnectBackoffMaxMs(), (long) config.reconnectBackoffMs() << doublings);
        nextDialNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(pauseMs);
    }

    private void failWaiting(RuntimeException failure) {
        List<NodeCall> failing = new ArrayList<>(waiting);
        waiting.clear();
        failing.forEach(call -> call.fail(failure));
    }

    // ---- time-outs: one timer, for the earliest deadline

    private void armTimer(long deadlineNs) {
        if (timer == null || timer.getDelay(TimeUnit.NANOSECONDS) > deadlineNs - System.nanoTime()) {
            if (timer != null) {
                timer.cancel(false);
            }
            long delayNs = Math.max(0, deadlineNs - System.nanoTime());
            timer = loop.schedule(this::expire, delayNs, TimeUnit.NANOSECONDS);
        }
    }

    private void expire() {
        timer = null;
        long nowNs = System.nanoTime();
        List<NodeCall> overdue = new ArrayList<>();
        collectOverdue(waiting, nowNs, overdue);
        if (connection != null && collectOverdue(connection.inFlight(), nowNs, overdue)) {
            drop(new TimeoutException("An answer of " + address + " is overdue."));
        }
        armForRest();
        for (NodeCall call : overdue) {
            call.fail(new TimeoutException(address + " did not answer " + call.api + " in time."));
        }
    }

    private static boolean collectOverdue(Iterable<NodeCall> calls, long nowNs, List<NodeCall> overdue) {
        int before = overdue.size();
        for (NodeCall call : calls) {
            if (call.deadlineNs - nowNs <= 0) {
                overdue.add(call);
            }
        }
        return overdue.size() > before;
    }

    private void armForRest() {
        long nowNs = System.nanoTime();
        waiting.removeIf(call -> call.deadlineNs - nowNs <= 0);
        waiting.forEach(call -> armTimer(call.deadlineNs));
        if (connection != null) {
            connection.inFlight().forEach(call -> armTimer(call.deadlineNs));
        }
    }

    private static long deadlineNs(int timeoutMs) {
        return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
    }
}
