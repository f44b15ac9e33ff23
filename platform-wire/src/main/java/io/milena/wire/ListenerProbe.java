package io.milena.wire;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.resolver.NoopAddressResolverGroup;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Dials another node's listeners to learn whether there is still a process behind them: a killed one has lost its listening
 * sockets, a hung one or one behind a broken connection has not. Nothing is sent. Any thread; answers come on an event loop.
 */
public final class ListenerProbe {
    /**
     * A connection that lives so long was accepted by a process that lives; a dying one's kernel resets it when the listener goes.
     * Long, because nobody waits for this answer.
     */
    private static final int SETTLED_MS = 500;

    private static final int FIRST_PAUSE_MS = 5;
    /** With pauses that double, 0.6 s in all. */
    private static final int MAX_DIALS = 8;

    private final WireEventLoops loops;
    private final int connectTimeoutMs;

    /** What a dial found. */
    public enum Finding {
        /** Nobody listens; or a forwarder accepts, and hangs up at once, each time anew, because nobody listens behind it. */
        REFUSED,
        /** Somebody accepts connections. */
        ACCEPTED,
        /** Time-out, no route, no such name. */
        UNKNOWN
    }

    public ListenerProbe(WireEventLoops loops, int connectTimeoutMs) {
        this.loops = loops;
        this.connectTimeoutMs = connectTimeoutMs;
    }

    /** REFUSED only if there are addresses and every one of them refuses; ACCEPTED if one accepts. Never fails. */
    public CompletableFuture<Finding> probeAll(List<InetSocketAddress> addresses) {
        CompletableFuture<Finding> all =
                CompletableFuture.completedFuture(addresses.isEmpty() ? Finding.UNKNOWN : Finding.REFUSED);
        for (InetSocketAddress address : addresses) {
            all = all.thenCombine(probe(address), ListenerProbe::joined);
        }
        return all;
    }

    private static Finding joined(Finding one, Finding other) {
        if (one == Finding.ACCEPTED || other == Finding.ACCEPTED) {
            return Finding.ACCEPTED;
        }
        return one == Finding.REFUSED ? other : one;
    }

    /** Dials one address, again if the connection breaks at once. Never fails. */
    public CompletableFuture<Finding> probe(InetSocketAddress address) {
        CompletableFuture<Finding> finding = new CompletableFuture<>();
        EventLoop loop = loops.group().next();
        try {
            loop.execute(() -> dial(loop, address, 1, finding));
        } catch (java.util.concurrent.RejectedExecutionException closed) {
            finding.complete(Finding.UNKNOWN);
        }
        return finding;
    }

    private void dial(EventLoop loop, InetSocketAddress address, int attempt, CompletableFuture<Finding> finding) {
        new NodeAddress(loops, () -> address).resolve(loop).whenComplete((target, unknown) -> {
            if (unknown != null) {
                finding.complete(Finding.UNKNOWN);
            } else {
                connect(loop, target, attempt, finding);
            }
        });
    }

    private void connect(EventLoop loop, InetSocketAddress target, int attempt, CompletableFuture<Finding> finding) {
        new Bootstrap()
                .group(loop)
                .channel(loops.clientChannel())
                .resolver(NoopAddressResolverGroup.INSTANCE)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, connectTimeoutMs)
                .handler(new ChannelInboundHandlerAdapter() {
                    @Override
                    public void exceptionCaught(ChannelHandlerContext context, Throwable broken) {
                        context.close(); // the peer went while it was looked at
                    }
                })
                .connect(target)
                .addListener((ChannelFuture connect) -> {
                    if (connect.isSuccess()) {
                        settle(loop, connect.channel(), target, attempt, finding);
                    } else if (ConnectionRefusedException.isReset(connect.cause())) {
                        dialAgain(loop, target, attempt, finding);
                    } else {
                        finding.complete(refusedOrNot(connect.cause()));
                    }
                });
    }

    private static Finding refusedOrNot(@Nullable Throwable failure) {
        return ConnectionRefusedException.isRefusal(failure) ? Finding.REFUSED : Finding.UNKNOWN;
    }

    /** After a connection that was accepted and broken at once. */
    private void dialAgain(EventLoop loop, InetSocketAddress target, int attempt, CompletableFuture<Finding> finding) {
        if (attempt == MAX_DIALS) {
            finding.complete(Finding.REFUSED);
        } else {
            long pauseMs = (long) FIRST_PAUSE_MS << (attempt - 1);
            loop.schedule(() -> dial(loop, target, attempt + 1, finding), pauseMs, TimeUnit.MILLISECONDS);
        }
    }

    private void settle(
            EventLoop loop,
            Channel channel,
            InetSocketAddress target,
            int attempt,
            CompletableFuture<Finding> finding) {
        ScheduledFuture<?> settled = loop.schedule(
                () -> {
                    finding.complete(Finding.ACCEPTED);
                    channel.close();
                },
                SETTLED_MS,
                TimeUnit.MILLISECONDS);
        channel.closeFuture().addListener(closed -> {
            if (settled.cancel(false)) {
                dialAgain(loop, target, attempt, finding);
            }
        });
    }
}
