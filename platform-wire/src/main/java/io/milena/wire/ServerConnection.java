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
final class ServerConnection extends ChannelInboundHandlerAdapter implements Connection, TransferMemory.Holder {

    private static final Logger LOG = LoggerFactory.getLogger(ServerConnection.class);
    private static final AtomicLong IDS = new AtomicLong();

    private final long id = IDS.incrementAndGet();
    private final ListenerContext listener;
    private final Channel channel;
    private final EventLoop loop;
    private final InetSocketAddress peer;
    private final FrameAccount frames;
    private final FrameDecoder decoder;
    private final RequestParser parser;
    private final RequestLane lane;
    private final Runnable flushTask = this::flushNow;
    private final @Nullable SaslSession sasl;
    private final ConnectionDeadlines deadlines;
    private final UnreadAnswers unread;
    private final List<Runnable> closeActions = new ArrayList<>(0);

    private @Nullable ResponseWriter writer;
    private volatile KafkaPrincipal principal = KafkaPrincipal.ANONYMOUS;
    private volatile ClientSoftware client = ClientSoftware.UNKNOWN;
    private boolean inRead;
    private boolean flushPending;
    private boolean sendingRegions;
    private boolean draining;
    private boolean closing;
    private boolean closed;

    ServerConnection(ListenerContext listener, Channel channel) {
        this.listener = listener;
        this.channel = channel;
        this.loop = channel.eventLoop();
        this.peer = (InetSocketAddress) channel.remoteAddress();
        this.parser = new RequestParser(this, listener.registry());
        WireLimits.Requests requests = listener.limits().requests();
        this.lane = new RequestLane(this, requests.maxOverlappingProduces());
        boolean saslListener = listener.endpoint().sasl();
        this.sasl = saslListener ? new SaslSession(this, listener.sasl()) : null;
        this.deadlines = new ConnectionDeadlines(
                this, listener.limits(), saslListener ? listener.sasl().loginTimeoutMs() : -1);
        this.frames = new FrameAccount(this, this::frameMemory, () -> !deadlines.isLoggedIn(), lane::keepsFrames);
        this.decoder = new FrameDecoder(saslListener ? listener.sasl().maxReceiveBytes() : requests.maxBytes(), frames);
        this.unread = new UnreadAnswers(channel, listener.memory().transfers(), this);
    }

    FrameDecoder decoder() {
        return decoder;
    }

    ConnectionDeadlines deadlines() {
        return deadlines;
    }

    private TransferMemory frameMemory() {
        return deadlines.isLoggedIn()
                ? listener.memory().transfers()
                : listener.memory().strangers();
    }

    RequestMemory requestMemory() {
        return listener.memory().requests();
    }

    Executor elsewhere() {
        return listener.elsewhere();
    }

    // ---- reading

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        writer = new ResponseWriter(
                ctx, listener.endpoint().tls(), listener.memory().transfers().limit());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object frame) {
        inRead = true;
        lane.accept((ByteBuf) frame);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        inRead = false;
        deadlines.active();
        if (flushPending) {
            flushNow();
        }
    }

    /** Begins a request; takes over the frame. */
    void begin(ByteBuf frame) {
        try {
            if (closing || sasl != null && sasl.hasFailed()) {
                return;
            }
            if (sasl != null && sasl.expectsBareToken()) {
                sasl.bareToken(frame);
                return;
            }
            RequestExchange<?> exchange = parser.parse(frame, System.nanoTime());
            begun(exchange);
            exchange.handle();
        } catch (RefusedException e) {
            refuse(e.getMessage());
        } catch (TooLargeForLoopException e) {
            beginElsewhere(frame.retain());
        } finally {
            frame.release();
        }
    }

    private void begun(RequestExchange<?> exchange) {
        lane.begun(exchange);
        listener.observer().onRequest(listener(), exchange.api(), exchange.version(), exchange.frameBytes());
    }

    /** Decodes a large request on another thread, and handles it there too if its handler does not mind. */
    private void beginElsewhere(ByteBuf frame) {
        long receivedNs = System.nanoTime();
        lane.hold();
        elsewhere().execute(() -> {
            try {
                RequestExchange<?> exchange = parser.parseElsewhere(frame, receivedNs);
                loop.execute(() -> handleLarge(exchange, frame));
            } catch (Throwable e) {
                frame.release();
                loop.execute(() -> {
                    lane.resume();
                    exceptionCaught(e);
                });
            }
        });
    }

    private void handleLarge(RequestExchange<?> exchange, ByteBuf frame) {
        lane.resume();
        if (closing) {
            exchange.giveBack();
            frame.release();
            return;
        }
        begun(exchange);
        if (exchange.needsEventLoop()) {
            handleAndRelease(exchange, frame);
        } else {
            elsewhere().execute(() -> handleAndRelease(exchange, frame));
        }
        framesSettled();
    }

    private static void handleAndRelease(RequestExchange<?> exchange, ByteBuf frame) {
        try {
            exchange.handle();
        } finally {
            frame.release();
        }
    }

    /** Refuses what may not come before authentication, or after it has expired. */
    void requireAllowed(ApiKeys api) {
        if (sasl != null) {
            sasl.requireAllowed(api);
        }
    }

    /** No frame is kept any more. */
    void framesSettled() {
        if (!lane.keepsFrames()) {
            frames.settled();
        }
    }

    /** Whether a frame has begun and is not complete; any thread. */
    boolean hasUnfinishedFrame() {
        return frames.isUnfinished();
    }

    boolean isIdle() {
        return lane.isIdle();
    }

    @Nullable
    RequestExchange<?> oldestRequest() {
        return lane.oldest();
    }

    /** Whether a request waits for the answers of those before it. */
    int waitingApiKey() {
        return lane.waitingApiKey();
    }

    /** Reads from the socket, or leaves to its buffers what the client sends. */
    void reading(boolean on) {
        boolean wanted = on && !draining && !closing && (sasl == null || !sasl.hasFailed());
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
            } catch (RefusedException e) {
                refuse(e.getMessage());
                return;
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
                deadlines.active();
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
        if (!sendingRegions) {
            unread.flushed();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (channel.isWritable()) {
            deadlines.active();
            lane.beginWaiting();
        }
    }

    // ---- closing

    /** Closes because of what the client sent; answers to what it sent before still go out as far as the socket takes them. */
    void refuse(@Nullable String reason) {
        if (closing || closed) {
            return;
        }
        String why = LogText.safe(String.valueOf(reason));
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

    void closeIdle() {
        LOG.debug("Closing idle connection of {} on listener {}", peer, listener());
        closeNow();
    }

    @Override
    public void evict(String reason) {
        loop.execute(() -> refuse(reason));
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        closed = true;
        if (!closing) {
            lane.beginAll();
        }
        closing = true;
        lane.dropWaiting();
        lane.abandonBegun();
        framesSettled();
        listener.closed(this);
        closeActions.forEach(Runnable::run);
        closeActions.clear();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        exceptionCaught(cause);
    }

    private void exceptionCaught(Throwable cause) {
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
        FailureLog.tell(LOG, exchange + " from " + peer + " on listener " + listener(), failure);
    }

    void authenticated(KafkaPrincipal user) {
        principal = user;
        deadlines.loggedIn();
        decoder.maxFrameBytes(listener.limits().requests().maxBytes());
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

    /** Begins nothing that the client has sent and that has not begun: it is told that what it sent last failed. */
    @Override
    public void close() {
        if (loop.inEventLoop()) {
            channel.flush();
            closeNow();
        } else {
            loop.execute(this::closeNow);
        }
    }

    @Override
    public Executor eventLoop() {
        return loop;
    }
}
