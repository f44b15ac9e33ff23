package io.milena.coordinator.runtime;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** The threads that a coordinator runs on. All methods may be called from any thread. */
public interface CoordinatorThreads extends AutoCloseable {

    /** The thread that runs the turns of a partition: always the same one, which other partitions may share. */
    ScheduledExecutorService turns(int partition);

    /** Reads partitions. No turn waits for it. */
    Executor loader();

    /** Ends them: turns that were asked for already still run, timers do not, and loads are interrupted. */
    @Override
    void close();

    /**
     * Daemon threads of the JVM.
     *
     * @param name what their names begin with
     * @param count how many run turns, and how many load at most
     */
    static CoordinatorThreads start(String name, int count) {
        return new Started(name, count);
    }

    /** Threads of the JVM. */
    final class Started implements CoordinatorThreads {
        private final ScheduledThreadPoolExecutor[] turns;
        private final ExecutorService loader;

        private Started(String name, int count) {
            turns = new ScheduledThreadPoolExecutor[count];
            for (int i = 0; i < count; i++) {
                turns[i] = new ScheduledThreadPoolExecutor(1, daemons(name + "-" + i));
                turns[i].setRemoveOnCancelPolicy(true);
                turns[i].setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
            }
            AtomicInteger loaders = new AtomicInteger();
            loader = Executors.newFixedThreadPool(
                    count,
                    task -> daemons(name + "-loader-" + loaders.getAndIncrement())
                            .newThread(task));
        }

        private static ThreadFactory daemons(String name) {
            return task -> {
                Thread thread = new Thread(task, name);
                thread.setDaemon(true);
                return thread;
            };
        }

        @Override
        public ScheduledExecutorService turns(int partition) {
            return turns[partition % turns.length];
        }

        @Override
        public Executor loader() {
            return loader;
        }

        @Override
        public void close() {
            loader.shutdownNow();
            for (ScheduledThreadPoolExecutor thread : turns) {
                thread.shutdown();
            }
        }
    }
}
