package io.milena.log;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/** The one place where this room starts threads: recovery and closing of many logs, gone when it returns. */
final class ParallelLoad {
    private static final int WORTH_A_THREAD = 50;

    private ParallelLoad() {}

    /** Runs {@code task} on each log with {@code threads} threads; the first failure is thrown when all are through. */
    static void run(List<PartitionLog> logs, int threads, Consumer<PartitionLog> task) {
        AtomicInteger next = new AtomicInteger();
        AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
        Runnable worker = () -> {
            for (int i = next.getAndIncrement(); i < logs.size(); i = next.getAndIncrement()) {
                try {
                    task.accept(logs.get(i));
                } catch (RuntimeException e) {
                    failure.compareAndSet(null, e);
                }
            }
        };
        List<Thread> helpers = new ArrayList<>();
        for (int i = 1; i < Math.min(threads, logs.size() / WORTH_A_THREAD); i++) {
            Thread helper = new Thread(worker, "log-recovery-" + i);
            helper.start();
            helpers.add(helper);
        }
        worker.run();
        for (Thread helper : helpers) {
            join(helper);
        }
        RuntimeException first = failure.get();
        if (first != null) {
            throw first;
        }
    }

    private static void join(Thread helper) {
        try {
            helper.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("Interrupted while logs were loaded", e);
        }
    }
}
