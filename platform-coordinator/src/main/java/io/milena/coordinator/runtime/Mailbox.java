package io.milena.coordinator.runtime;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Work for one reader that shares its thread with others. However much work there is, at most one task of it is in the
 * executor's queue, and a task ends after {@value #MOST_AT_ONCE} pieces, so that a busy mailbox does not keep the thread.
 *
 * <p>Any thread may put work; that never blocks. If the executor has ended, whoever puts work does it.
 */
final class Mailbox<T> {
    private static final int MOST_AT_ONCE = 256;

    private final Queue<T> mail = new ConcurrentLinkedQueue<>();
    private final AtomicInteger count = new AtomicInteger();
    private final Executor thread;
    private final Consumer<T> reader;
    private final Runnable afterEachRound;

    /**
     * @param reader does a piece of work; must not throw
     * @param afterEachRound when some pieces are done: all there were, or as many as the thread is kept for; must not throw
     */
    Mailbox(Executor thread, Consumer<T> reader, Runnable afterEachRound) {
        this.thread = thread;
        this.reader = reader;
        this.afterEachRound = afterEachRound;
    }

    void put(T work) {
        mail.add(work);
        if (count.getAndIncrement() == 0) {
            readSoon();
        }
    }

    private void readSoon() {
        try {
            thread.execute(this::readSome);
        } catch (RejectedExecutionException ended) {
            boolean more = true;
            while (more) {
                more = readRound();
            }
        }
    }

    private void readSome() {
        if (readRound()) {
            readSoon();
        }
    }

    /** True if there is more. */
    private boolean readRound() {
        int taken = 0;
        while (taken < MOST_AT_ONCE) {
            T next = mail.poll();
            if (next == null) {
                break;
            }
            taken++;
            reader.accept(next);
        }
        afterEachRound.run();
        return count.addAndGet(-taken) > 0;
    }
}
