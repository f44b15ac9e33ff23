package io.milena.broker.logdirs;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How fast replicas are moved between directories, all together (replica.alter.log.dirs.io.max.bytes.per.second). Whoever has
 * copied waits as long as its bytes may take at the rate in force, after those who copied before. Any thread.
 */
final class MoveThrottle {
    private static final int LARGEST_BYTES = 1 << 20;
    private static final int SMALLEST_BYTES = 4 << 10;
    /** Copies are so small that about this many fit into a second. */
    private static final int PER_SECOND = 4;

    private volatile LongSupplier bytesPerSecond = () -> Long.MAX_VALUE;
    private long freeNs;
    private boolean used;

    void limitBy(LongSupplier limit) {
        bytesPerSecond = limit;
    }

    /** How much to copy at once. */
    int portionBytes() {
        return (int) Math.max(SMALLEST_BYTES, Math.min(LARGEST_BYTES, bytesPerSecond.getAsLong() / PER_SECOND));
    }

    /** Books {@code bytes} that were copied; returns how long to wait before copying more, ms. */
    synchronized long copied(long bytes, long nowNs) {
        long rate = Math.max(1, bytesPerSecond.getAsLong());
        if (rate >= Long.MAX_VALUE / 2) {
            return 0;
        }
        long begin = used && freeNs - nowNs > 0 ? freeNs : nowNs;
        used = true;
        freeNs = begin + (long) (bytes * 1e9 / rate);
        return TimeUnit.NANOSECONDS.toMillis(freeNs - nowNs);
    }
}
