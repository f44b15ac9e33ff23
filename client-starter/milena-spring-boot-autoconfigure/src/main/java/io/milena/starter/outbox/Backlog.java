package io.milena.starter.outbox;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How many events wait, as often asked as anybody likes: the count of a long backlog takes its time, so it is taken anew when
 * fifty times that time has passed, and at least a second. Thread-safe.
 */
final class Backlog {

    private static final long SHORTEST_NS = TimeUnit.SECONDS.toNanos(1);
    private static final int IDLE_PER_WORK = 50;

    private final LongSupplier count;
    private long value;
    private long validUntilNs = System.nanoTime() - 1;

    Backlog(LongSupplier count) {
        this.count = count;
    }

    synchronized long size() {
        long startNs = System.nanoTime();
        if (startNs - validUntilNs >= 0) {
            value = count.getAsLong();
            long endNs = System.nanoTime();
            validUntilNs = endNs + Math.max(SHORTEST_NS, IDLE_PER_WORK * (endNs - startNs));
        }
        return value;
    }
}
