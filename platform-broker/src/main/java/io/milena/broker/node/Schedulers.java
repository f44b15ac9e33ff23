package io.milena.broker.node;

import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes the threads of a broker; none keeps the process alive. */
final class Schedulers {
    private Schedulers() {}

    static ScheduledThreadPoolExecutor one(String name) {
        return pool(name, 1);
    }

    /** Threads are made when they are needed. */
    static ScheduledThreadPoolExecutor pool(String name, int threads) {
        AtomicInteger number = new AtomicInteger();
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(threads, task -> {
            Thread thread = new Thread(task, threads == 1 ? name : name + "-" + number.getAndIncrement());
            thread.setDaemon(true);
            return thread;
        });
        executor.setRemoveOnCancelPolicy(true);
        return executor;
    }
}
