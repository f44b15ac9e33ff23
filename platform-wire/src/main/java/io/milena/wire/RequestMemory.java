package io.milena.wire;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The heap that decoded requests may occupy at a time, all connections of a process together. A request takes its share while it
 * is decoded, before the memory is allocated, and gives it back when it is answered.
 *
 * <p>An element of an array costs far more on the heap than in its frame: a partition of a Produce request is 6 bytes there and,
 * with its answer, some hundreds here. So elements are counted at {@link #ELEMENT_BYTES} each. Small requests are not counted at
 * all: they cannot fill a heap, and most requests are small.
 */
final class RequestMemory {

    /** What an element costs on the heap, with what is made of it for the answer (measured: 100 to 600 bytes, ADR 145). */
    static final int ELEMENT_BYTES = 512;

    /** A request below this is not counted. */
    static final int FREE_BYTES = 32 * ELEMENT_BYTES;

    /** A single request may take three quarters, so that there is something left for others while it lasts. */
    private static final int LARGEST_SHARE_PERCENT = 75;

    private final long limit;
    private final AtomicLong taken = new AtomicLong();

    RequestMemory(long limit) {
        this.limit = limit;
    }

    /** A quarter of the heap. */
    static RequestMemory ofThisProcess() {
        return new RequestMemory(Runtime.getRuntime().maxMemory() / 4);
    }

    /**
     * Takes {@code bytes} for a request that holds {@code held} already.
     *
     * @throws RefusedException if that is more than one request may hold, or than all may hold
     */
    void take(long bytes, long held) {
        if (held + bytes > limit * LARGEST_SHARE_PERCENT / 100) {
            throw new RefusedException("it would take more memory than a request may (" + (held + bytes)
                    + " bytes; raise the heap if such requests are meant)");
        }
        if (taken.addAndGet(bytes) > limit) {
            taken.addAndGet(-bytes);
            throw new RefusedException("the requests under way leave no memory for it (" + limit + " bytes)");
        }
    }

    void give(long bytes) {
        taken.addAndGet(-bytes);
    }

    long taken() {
        return taken.get();
    }
}
