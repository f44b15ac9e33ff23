package io.milena.wire;

import io.milena.wire.WireLimits.Connections;
import java.net.InetAddress;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts connections against {@code max.connections} and {@code max.connections.per.ip}. Any thread. */
final class ConnectionQuota {

    private final Connections limits;
    private final boolean perAddress;
    private final AtomicInteger open = new AtomicInteger();
    private final Map<InetAddress, Integer> openByAddress = new ConcurrentHashMap<>();

    ConnectionQuota(Connections limits) {
        this.limits = limits;
        this.perAddress = limits.maxPerIp() != Integer.MAX_VALUE
                || !limits.maxPerIpOverrides().isEmpty();
    }

    /** Takes one connection's place; if there is none, says why. */
    Optional<String> take(InetAddress address) {
        if (open.incrementAndGet() > limits.max()) {
            open.decrementAndGet();
            return Optional.of("there are " + limits.max() + " connections already (max.connections)");
        }
        if (perAddress && openByAddress.merge(address, 1, Integer::sum) > limit(address)) {
            giveBack(address);
            return Optional.of(
                    "there are " + limit(address) + " connections of this address already (max.connections.per.ip)");
        }
        return Optional.empty();
    }

    void giveBack(InetAddress address) {
        open.decrementAndGet();
        if (perAddress) {
            openByAddress.computeIfPresent(address, (key, count) -> count == 1 ? null : count - 1);
        }
    }

    int open() {
        return open.get();
    }

    private int limit(InetAddress address) {
        Map<String, Integer> overrides = limits.maxPerIpOverrides();
        Integer limit = overrides.get(address.getHostAddress());
        return limit == null ? limits.maxPerIp() : limit;
    }
}
