package io.milena.wire;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The event loops of one process, shared by its servers and its connections to other nodes: native epoll where there is
 * one, NIO elsewhere. Threads start with their first connection.
 */
public final class WireEventLoops implements AutoCloseable {

    static {
        WireDefaults.apply();
    }

    private static final long CLOSE_MS = 1_000;

    private final Set<Channel> open = ConcurrentHashMap.newKeySet();
    private volatile boolean halted;
    private final EventLoopGroup group;
    private final boolean epoll;
    private final ByteBufAllocator allocator;
    private final EventLoopGroup acceptors;
    private final ThreadPoolExecutor resolver;
    private final ThreadPoolExecutor largeRequests;
    private final WireMemory memory;
    private final TlsContextCache tlsContexts = new TlsContextCache();

    private WireEventLoops(int threads, boolean epoll, WireMemory memory) {
        this.epoll = epoll;
        this.memory = memory;
        IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        this.group = new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory("milena-wire", true), io);
        this.acceptors = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("milena-accept", true), io);
        this.allocator = WireDefaults.allocator(threads);
        this.resolver = thread("milena-resolve");
        this.largeRequests = thread("milena-wire-large");
    }

    /** One thread, which lives only while it is needed. */
    private static ThreadPoolExecutor thread(String name) {
        ThreadPoolExecutor executor = new ThreadPoolExecutor(
                1, 1, 5, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), new DefaultThreadFactory(name, true));
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }

    /** As many loops as fit the machine: one for each two processors, at least one, at most four. */
    public static WireEventLoops create() {
        return create(Math.max(1, Math.min(4, Runtime.getRuntime().availableProcessors() / 2)));
    }

    /** {@code num.network.threads} loops. */
    public static WireEventLoops create(int threads) {
        return create(threads, -1);
    }

    /** @param queuedRequestBytes {@code queued.max.request.bytes}; not positive for half of the process's direct memory */
    public static WireEventLoops create(int threads, long queuedRequestBytes) {
        return create(threads, WireMemory.ofThisProcess(queuedRequestBytes));
    }

    static WireEventLoops create(int threads, WireMemory memory) {
        return new WireEventLoops(threads, Epoll.isAvailable(), memory);
    }

    /** Loops on Java's own selectors, whatever the platform offers. */
    public static WireEventLoops createNio(int threads) {
        return new WireEventLoops(threads, false, WireMemory.ofThisProcess(-1));
    }

    /**
     * Loads, on a thread of its own, what the first connection needs anyway: Netty's transport and Kafka's tables of messages
     * take a tenth of a second each to initialize. To be called first of all when a process starts; returns at once.
     */
    public static void preload() {
        WirePreload.begin();
    }

    /** Whether the loops use Linux's epoll. */
    public boolean isEpoll() {
        return epoll;
    }

    /** Stops the loops and waits up to two seconds for them. Servers and clients on them must be closed before. */
    @Override
    public void close() {
        resolver.shutdownNow();
        largeRequests.shutdownNow();
        acceptors.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }

    /**
     * Closes all sockets at once, without a goodbye, and stops the loops: what the others see when a process is killed. Loops
     * that are just told to stop may leave sockets open (one that is busy at that moment ends without closing them).
     */
    public void halt() {
        halted = true;
        List<ChannelFuture> closing = open.stream().map(Channel::close).toList();
        closing.forEach(close -> close.awaitUninterruptibly(CLOSE_MS));
        close();
    }

    /** To be called with every new socket. */
    void opened(Channel channel) {
        open.add(channel);
        channel.closeFuture().addListener(closed -> open.remove(channel));
        if (halted) {
            channel.close();
        }
    }

    EventLoopGroup group() {
        return group;
    }

    /** A loop of its own for accepting, so that a newcomer does not wait for the requests of others. */
    EventLoopGroup acceptors() {
        return acceptors;
    }

    TlsContextCache tlsContexts() {
        return tlsContexts;
    }

    WireMemory memory() {
        return memory;
    }

    /** A thread for requests that an event loop takes no time for. */
    Executor largeRequests() {
        return largeRequests;
    }

    ByteBufAllocator allocator() {
        return allocator;
    }

    /** A thread of its own, living only while needed, for looking up host names: that blocks. */
    Executor resolver() {
        return resolver;
    }

    Class<? extends ServerChannel> serverChannel() {
        return epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    }

    Class<? extends Channel> clientChannel() {
        return epoll ? EpollSocketChannel.class : NioSocketChannel.class;
    }
}
