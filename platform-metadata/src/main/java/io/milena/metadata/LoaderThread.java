package io.milena.metadata;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One daemon thread that runs the loader's tasks in order. */
final class LoaderThread implements LoaderExecutor, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LoaderThread.class);

    private final ExecutorService executor = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "metadata-loader");
        thread.setDaemon(true);
        return thread;
    });

    @Override
    public void execute(Runnable task) {
        if (executor.isShutdown()) {
            return;
        }
        try {
            executor.execute(task);
        } catch (RejectedExecutionException closing) {
            LOG.debug("The metadata loader closes; a task that comes now is dropped");
        }
    }

    @Override
    public void schedule(Runnable task, long delayMs) {
        CompletableFuture.delayedExecutor(delayMs, TimeUnit.MILLISECONDS, this).execute(task);
    }

    @Override
    public void close() {
        executor.shutdown();
        try {
            if (!executor.awaitTermination(10, TimeUnit.SECONDS)) {
                executor.shutdownNow();
            }
        } catch (InterruptedException e) {
            executor.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
