package io.milena.broker.node;

import io.milena.log.LogCleaner;
import io.milena.metadata.config.NodeConfig;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Compacts logs, one after the other, with a pause when there is nothing to do. */
final class CleanerThread implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CleanerThread.class);
    private static final long STOP_MS = 2_000;

    private final NodeConfig config;
    private final LogCleaner cleaner;
    private final ScheduledThreadPoolExecutor thread = Schedulers.one("log-cleaner");

    CleanerThread(NodeConfig config, LogCleaner cleaner) {
        this.config = config;
        this.cleaner = cleaner;
    }

    /** Begins, unless log.cleaner.enable is false. */
    void start() {
        if (config.booleanOf("log.cleaner.enable")) {
            long pauseMs = Math.max(1, config.longOf("log.cleaner.backoff.ms"));
            thread.scheduleWithFixedDelay(this::clean, pauseMs, pauseMs, TimeUnit.MILLISECONDS);
        }
    }

    private void clean() {
        try {
            long memoryBytes = config.longOf("log.cleaner.dedupe.buffer.size");
            boolean more = true;
            while (more && !thread.isShutdown()) {
                more = cleaner.cleanNext(System.currentTimeMillis(), memoryBytes);
            }
        } catch (RuntimeException e) {
            LOG.error("The log cleaner failed and goes on later", e);
        }
    }

    /** A round under way ends first: closing the logs under it would look like a failure of the disk. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(STOP_MS, TimeUnit.MILLISECONDS)) {
                LOG.warn("The log cleaner does not end in {} ms; its round is done again after the restart", STOP_MS);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
