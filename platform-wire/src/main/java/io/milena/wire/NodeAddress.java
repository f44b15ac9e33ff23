package io.milena.wire;

import io.netty.channel.EventLoop;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/** Where another node is to be found. A host name is looked up anew at each dial, on a thread that may block. */
final class NodeAddress {

    private final WireEventLoops loops;
    private final Supplier<InetSocketAddress> source;
    private volatile String last = "a node";

    NodeAddress(WireEventLoops loops, Supplier<InetSocketAddress> source) {
        this.loops = loops;
        this.source = source;
    }

    /** Completes on the event loop. */
    CompletableFuture<InetSocketAddress> resolve(EventLoop loop) {
        InetSocketAddress address;
        try {
            address = source.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
        last = address.getHostString() + ":" + address.getPort();
        if (!address.isUnresolved()) {
            return CompletableFuture.completedFuture(address);
        }
        if (NetUtil.isValidIpV4Address(address.getHostString())
                || NetUtil.isValidIpV6Address(address.getHostString())) {
            return CompletableFuture.completedFuture(lookUp(address));
        }
        CompletableFuture<InetSocketAddress> found = new CompletableFuture<>();
        CompletableFuture.supplyAsync(() -> lookUp(address), loops.resolver())
                .whenComplete((result, failure) -> loop.execute(() -> {
                    if (failure == null) {
                        found.complete(result);
                    } else {
                        found.completeExceptionally(failure);
                    }
                }));
        return found;
    }

    private static InetSocketAddress lookUp(InetSocketAddress address) {
        try {
            return new InetSocketAddress(InetAddress.getByName(address.getHostString()), address.getPort());
        } catch (UnknownHostException e) {
            throw new CompletionException(e);
        }
    }

    @Override
    public String toString() {
        return last;
    }
}
