package io.milena.wire;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The direct memory for what is on its way: frames that have not arrived whole, and answers that their clients have not read.
 *
 * <p>When it is used up, the connection that has occupied most for longest is closed, not the one that comes next: a client that
 * is served in milliseconds never is the one. A frame that arrives whole is not counted. Any thread.
 */
final class TransferMemory {

    private final long limit;
    private final AtomicLong taken = new AtomicLong();
    private final Set<Hold> holds = ConcurrentHashMap.newKeySet();

    TransferMemory(long limit) {
        this.limit = limit;
    }

    /** Whoever holds memory. */
    interface Holder {

        /** Gives all of it back, soon, by closing the connection; any thread. */
        void evict(String reason);
    }

    /** More than this is not to be taken at once: nobody could be evicted for it. */
    long limit() {
        return limit;
    }

    long taken() {
        return taken.get();
    }

    /** Whether so much is taken that nothing should be allocated ahead of need. */
    boolean isScarce() {
        return taken.get() > limit / 2;
    }

    Hold hold(Holder holder, long bytes) {
        Hold hold = new Hold(holder, bytes, System.nanoTime());
        holds.add(hold);
        takeFor(bytes);
        return hold;
    }

    private void takeFor(long bytes) {
        long now = taken.addAndGet(bytes);
        if (now > limit) {
            evict(now - limit);
        }
    }

    private void evict(long excess) {
        long nowNs = System.nanoTime();
        long left = excess;
        while (left > 0) {
            Hold worst = null;
            double most = -1;
            for (Hold hold : holds) {
                double occupied = hold.occupied(nowNs);
                if (occupied > most) {
                    most = occupied;
                    worst = hold;
                }
            }
            if (worst == null) {
                return;
            }
            left -= worst.release();
            worst.holder.evict("it has occupied too much memory for too long while memory is scarce (" + limit
                    + " bytes for frames that are not complete and answers that are not read)");
        }
    }

    /** What one connection holds for one purpose. */
    final class Hold {

        private final Holder holder;
        private final long sinceNs;
        private final AtomicLong bytes;

        private Hold(Holder holder, long bytes, long sinceNs) {
            this.holder = holder;
            this.bytes = new AtomicLong(bytes);
            this.sinceNs = sinceNs;
        }

        /** Bytes times nanoseconds. */
        private double occupied(long nowNs) {
            return (double) bytes.get() * (nowNs - sinceNs + 1);
        }

        /** Holds {@code more} bytes on top; nothing if it was released. */
        void grow(long more) {
            if (holds.contains(this)) {
                bytes.addAndGet(more);
                takeFor(more);
            }
        }

        /** Gives everything back; the first call counts. Returns how much that was. */
        long release() {
            if (!holds.remove(this)) {
                return 0;
            }
            long held = bytes.get();
            taken.addAndGet(-held);
            return held;
        }
    }
}
