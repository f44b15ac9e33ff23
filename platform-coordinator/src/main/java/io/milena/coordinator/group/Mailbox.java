package io.milena.coordinator.group;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Work with one reader at a time: a piece is done on the thread that brings it, or, while another thread is reading, by that
 * one, later. Each reader sees what the one before it did. Any thread; never blocks.
 */
final class Mailbox<T> {
    private final Queue<T> mail = new ConcurrentLinkedQueue<>();
    private final AtomicInteger count = new AtomicInteger();
    private final Consumer<T> reader;
    private final Runnable emptied;

    /**
     * @param reader does a piece of work; must not throw
     * @param emptied on the reader's thread, whenever nothing is left to be read
     */
    Mailbox(Consumer<T> reader, Runnable emptied) {
        this.reader = reader;
        this.emptied = emptied;
    }

    void put(T work) {
        mail.add(work);
        if (count.getAndIncrement() == 0) {
            read();
        }
    }

    private void read() {
        int taken = count.get();
        do {
            for (T next = mail.poll(); next != null; next = mail.poll()) {
                reader.accept(next);
            }
            emptied.run();
            taken = count.addAndGet(-taken);
        } while (taken != 0);
    }
}
