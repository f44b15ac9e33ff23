package io.milena.wire;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.stream.ChunkedWriteHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Binds a listener and builds the pipeline of each accepted connection:
 *
 * <pre>
 * [TLS, chunked writes] - FrameDecoder - ServerConnection
 * </pre>
 */
final class ListenerBinding extends ChannelInitializer<Channel> {

    /** Kafka's default of 50 lets a crowd of returning clients run into a second's pause each; a longer queue costs nothing. */
    private static final int MIN_BACKLOG = 1024;

    private static final Logger LOG = LoggerFactory.getLogger(ListenerBinding.class);

    private final WireEventLoops loops;
    private final ListenerContext context;
    private final @Nullable TlsSettings tlsSettings;
    private @Nullable SslContext tls;

    ListenerBinding(WireEventLoops loops, ListenerContext context, @Nullable TlsSettings tlsSettings) {
        this.loops = loops;
        this.context = context;
        this.tlsSettings = tlsSettings;
    }

    ListenerEndpoint endpoint() {
        return context.endpoint();
    }

    ChannelFuture bind() {
        if (endpoint().tls()) {
            if (tlsSettings == null) {
                throw new IllegalArgumentException(
                        "Listener " + endpoint().name() + " has no TLS settings (ssl.keystore.…).");
            }
            tls = TlsContexts.server(tlsSettings);
        }
        WireLimits limits = context.limits();
        int high = limits.answers().maxUnreadBytes();
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops.acceptors(), loops.group())
                .channel(loops.serverChannel())
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.AUTO_READ, false)
                .option(
                        ChannelOption.SO_BACKLOG,
                        Math.max(MIN_BACKLOG, limits.sockets().backlog()))
                .option(ChannelOption.ALLOCATOR, loops.allocator())
                .childOption(ChannelOption.ALLOCATOR, loops.allocator())
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(high / 2, high))
                .childHandler(this);
        WireLimits.Sockets sockets = limits.sockets();
        if (sockets.receiveBufferBytes() > 0) {
            bootstrap.option(ChannelOption.SO_RCVBUF, sockets.receiveBufferBytes());
        }
        if (sockets.sendBufferBytes() > 0) {
            bootstrap.childOption(ChannelOption.SO_SNDBUF, sockets.sendBufferBytes());
        }
        String host = endpoint().host();
        ChannelFuture bind = bootstrap.bind(
                host.isEmpty()
                        ? new InetSocketAddress(endpoint().port())
                        : new InetSocketAddress(host, endpoint().port()));
        loops.opened(bind.channel());
        return bind;
    }

    @Override
    protected void initChannel(Channel channel) {
        if (!(channel.remoteAddress() instanceof InetSocketAddress peer)) {
            channel.close(); // gone already
            return;
        }
        InetAddress address = peer.getAddress();
        Optional<String> refusal = context.quota().take(address);
        if (refusal.isPresent()) {
            LOG.warn(
                    "Refusing connection of {} on listener {}: {}",
                    peer,
                    endpoint().name(),
                    refusal.get());
            context.observer().onRefused(endpoint().name(), refusal.get());
            channel.close();
            return;
        }
        buildPipeline(channel);
    }

    private void buildPipeline(Channel channel) {
        loops.opened(channel);
        ServerConnection connection = new ServerConnection(context, channel);
        FrameDecoder decoder = connection.decoder();
        ChannelPipeline pipeline = channel.pipeline();
        if (tls != null) {
            pipeline.addLast(tls.newHandler(channel.alloc()), new ChunkedWriteHandler());
        } else {
            channel.config().setRecvByteBufAllocator(new FrameReadAllocator(decoder));
        }
        pipeline.addLast(decoder, connection);
        context.opened(connection);
    }
}
