package io.milena.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection: the last handler of its pipeline, which takes frames and gives back answers. What is not about
 * sockets is done elsewhere: {@link RequestParser} decodes, {@link RequestLane} keeps order, {@link ResponseWriter} encodes.
 */
final class ServerConnection extends ChannelInboundHandlerAdapter implements Connection {

    private static final Logger LOG = LoggerFactory.getLogger(ServerConnection.class);
    private static final AtomicLong IDS = new AtomicLong();

    private final long id = IDS.incrementAndGet();
    private final ListenerContext listener;
    private final Channel channel;
    private final EventLoop loop;
    private final InetSocketAddress peer;
    private final FrameDecoder decoder;
    private final RequestParser parser;
    private final RequestLane lane;
    private final Runnable flushTask = this::flushNow;
    private final @Nullable SaslSession sasl;
    private final List<Runnable> closeActions = new ArrayList<>(0);

    private @Nullable ResponseWriter writer;
    private volatile KafkaPrincipal principal = KafkaPrincipal.ANONYMOUS;
    private volatile ClientSoftware client = ClientSoftware.UNKNOWN;
    private volatile long lastActiveNs = System.nanoTime();
    private boolean inRead;
    private boolean flushPending;
    private boolean sendingRegions;
    private boolean draining;
    private boolean closing;
    private boolean closed;

    ServerConnection(ListenerContext listener, Channel channel, FrameDecoder decoder) {
        this.listener = listener;
        this.channel = channel;
        this.loop = channel.eventLoop();
        this.peer = (InetSocketAddress) channel.remoteAddress();
        this.decoder = decoder;
        this.parser = new RequestParser(this, listener.registry());
        this.lane = new RequestLane(this, listener.limits().maxOverlappingProduces());
        this.sasl = listener.endpoint().sasl() ? new SaslSession(this, listener.plainUsers()) : null;
    }

    // ---- reading

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        writer = new ResponseWriter(ctx, listener.endpoint().tls());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object frame) {
        inRead = true;
        lane.accept((ByteBuf) frame);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        inRead = false;
        lastActiveNs = System.nanoTime();
        if (flushPending) {
            flushNow();
        }
    }

    /** Begins a request; takes over the frame. */
    void begin(ByteBuf frame) {
        try {
            if (closing) {
                return;
            }
            if (sasl != null && sasl.expectsBareToken()) {
                sasl.bareToken(frame);
                return;
            }
            RequestExchange<?> exchange = parser.parse(frame, System.nanoTime());
            lane.begun(exchange);
            listener.observer().onRequest(listener(), exchange.api(), exchange.version(), exchange.frameBytes());
            exchange.handle();
        } catch (RefusedException e) {
            refuse(e.getMessage());
        } finally {
            frame.release();
        }
    }

    /** Refuses what may not come before authentication. */
    void requireAllowed(ApiKeys api) {
        if (sasl != null && !sasl.isAuthenticated() && !SaslSession.mayPrecede(api)) {
            throw new RefusedException(api + " came before authentication");
        }
    }

    /** Whether a request waits for the answers of those before it. */
    int waitingApiKey() {
        return lane.waitingApiKey();
    }

    /** Reads from the socket, or leaves to its buffers what the client sends. */
    void reading(boolean on) {
        boolean wanted = on && !draining && !closing;
        if (channel.config().isAutoRead() != wanted) {
            channel.config().setAutoRead(wanted);
        }
    }

    // ---- answering

    void completed() {
        lane.completed();
    }

    /** Whether an answer may be written now: the client has read enough of what it got so far. */
    boolean takesAnswers() {
        return !closing && !draining && !sendingRegions && channel.isWritable();
    }

    /** Writes an answer whose turn it is. */
    void send(RequestExchange<?> exchange) {
        if (closed || closing || writer == null) {
            ResponseWriter.discard(exchange);
            return;
        }
        long bytes = 0;
        if (exchange.response() != null) {
            try {
                bytes = writer.write(
                        exchange.api(), exchange.responseVersion(), exchange.correlationId(), exchange.response());
            } catch (RuntimeException | Error e) {
                logUnexpected(exchange, e);
                close();
                return;
            }
            awaitRegions(writer);
            flushSoon();
        }
        long latencyNs = System.nanoTime() - exchange.receivedNs();
        listener.observer().onResponse(listener(), exchange.api(), latencyNs, bytes, exchange.error());
        if (exchange.isClosing() || draining && lane.isIdle()) {
            closeWhenSent();
        }
    }

    /** Writes bytes that are no response, as the oldest form of SASL wants; on the event loop. */
    void sendBare(ByteBuf bytes) {
        channel.write(bytes);
        flushSoon();
    }

    private void awaitRegions(ResponseWriter answers) {
        if (answers.regionsSent() != null) {
            sendingRegions = true;
            answers.regionsSent().addListener(sent -> {
                sendingRegions = false;
                lastActiveNs = System.nanoTime();
                lane.beginWaiting();
            });
        }
    }

    /** One flush for all that is answered in one turn of the event loop. */
    private void flushSoon() {
        if (!flushPending) {
            flushPending = true;
            if (!inRead) {
                loop.execute(flushTask);
            }
        }
    }

    private void flushNow() {
        flushPending = false;
        channel.flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (channel.isWritable()) {
            lastActiveNs = System.nanoTime();
            lane.beginWaiting();
        }
    }

    // ---- closing

    /** Closes because of what the client sent; answers to what it sent before still go out as far as the socket takes them. */
    void refuse(@Nullable String reason) {
        if (closing || closed) {
            return;
        }
        String why = String.valueOf(reason);
        LOG.warn("Closing connection of {} on listener {}: {}", peer, listener(), why);
        listener.observer().onRefused(listener(), why);
        channel.flush();
        closeNow();
    }

    /** Takes no further request, answers the begun ones, then closes. */
    void drain() {
        draining = true;
        reading(false);
        lane.dropWaiting();
        if (lane.isIdle()) {
            closeWhenSent();
        }
    }

    private void closeWhenSent() {
        if (!closing) {
            closing = true;
            decoder.stop();
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
    }

    private void closeNow() {
        closing = true;
        decoder.stop();
        channel.close();
    }

    /** Closes if nothing came or went for that long and nothing is being worked on; any thread. */
    void closeIfIdle(long idleNs) {
        if (System.nanoTime() - lastActiveNs > idleNs) {
            loop.execute(() -> {
                if (lane.isIdle() && System.nanoTime() - lastActiveNs > idleNs) {
                    LOG.debug("Closing idle connection of {} on listener {}", peer, listener());
                    closeNow();
                }
            });
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        closed = true;
        if (!closing) {
            lane.beginAll();
        }
        closing = true;
        lane.dropWaiting();
        listener.closed(this);
        closeActions.forEach(Runnable::run);
        closeActions.clear();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof RefusedException) {
            refuse(cause.getMessage());
        } else if (cause instanceof DecoderException || cause instanceof OutOfMemoryError) {
            refuse(String.valueOf(cause.getMessage()));
        } else if (cause instanceof IOException) {
            LOG.debug("Connection of {} on listener {} is lost: {}", peer, listener(), cause.toString());
            closeNow();
        } else {
            LOG.error("Closing connection of {} on listener {}", peer, listener(), cause);
            closeNow();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake) {
            if (handshake.isSuccess()) {
                principal = TlsContexts.principal(ctx.pipeline());
            } else {
                refuse("the TLS handshake failed: " + handshake.cause().getMessage());
            }
        }
    }

    // ---- what handlers see

    void logUnexpected(RequestExchange<?> exchange, Throwable failure) {
        LOG.error("Unexpected failure of {} from {} on listener {}", exchange, peer, listener(), failure);
    }

    void authenticated(KafkaPrincipal user) {
        principal = user;
        decoder.maxFrameBytes(listener.limits().maxRequestBytes());
    }

    @Nullable
    SaslSession sasl() {
        return sasl;
    }

    void client(ClientSoftware software) {
        client = software;
    }

    boolean inEventLoop() {
        return loop.inEventLoop();
    }

    EventLoop loop() {
        return loop;
    }

    InetSocketAddress peer() {
        return peer;
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public String listener() {
        return listener.endpoint().name();
    }

    @Override
    public InetAddress clientAddress() {
        return peer.getAddress();
    }

    @Override
    public int clientPort() {
        return peer.getPort();
    }

    @Override
    public KafkaPrincipal principal() {
        return principal;
    }

    @Override
    public ClientSoftware client() {
        return client;
    }

    @Override
    public boolean isOpen() {
        return channel.isActive();
    }

    @Override
    public void onClose(Runnable action) {
        if (!loop.inEventLoop()) {
            loop.execute(() -> onClose(action));
        } else if (closed) {
            action.run();
        } else {
            closeActions.add(action);
        }
    }

    @Override
    public void close() {
        channel.close();
    }

    @Override
    public Executor eventLoop() {
        return loop;
    }
}
