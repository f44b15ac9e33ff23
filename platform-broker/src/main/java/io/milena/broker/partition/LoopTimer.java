package io.milena.broker.partition;

import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Runs something on a connection's event loop after a while. Takes the loop's own timer where it has one, else the fallback's
 * with a hand-off.
 */
public final class LoopTimer {
    private final ScheduledExecutorService fallback;

    public LoopTimer(ScheduledExecutorService fallback) {
        this.fallback = fallback;
    }

    /** The future's cancel(false) keeps the task from running if it has not begun. */
    public Future<?> after(long delayMs, Executor loop, Runnable task) {
        if (loop instanceof ScheduledExecutorService timed) {
            return timed.schedule(task, delayMs, TimeUnit.MILLISECONDS);
        }
        return fallback.schedule(() -> loop.execute(task), delayMs, TimeUnit.MILLISECONDS);
    }
}
