package io.milena.testkit.cluster;

import io.milena.testkit.sim.Life;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** A scheduler thread of a process, by its machine's clock. What a task throws ends the process. */
final class LifeScheduler extends AbstractExecutorService implements ScheduledExecutorService {
    private final Life life;
    private final Serial serial;
    private boolean shutdown;

    LifeScheduler(Life life) {
        this.life = life;
        this.serial = new Serial(life);
    }

    @Override
    public void execute(Runnable task) {
        accept();
        serial.execute(() -> {
            if (!shutdown) {
                task.run();
            }
        });
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
        return schedule(
                () -> {
                    task.run();
                    return null;
                },
                delay,
                unit);
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> task, long delay, TimeUnit unit) {
        accept();
        long delayMs = Math.max(0, unit.toMillis(delay));
        Task<V> timed = new Task<>(task, life.nowMs() + delayMs);
        life.after(delayMs, () -> timed.runUnless(shutdown));
        return timed;
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, long initialDelay, long period, TimeUnit unit) {
        return scheduleWithFixedDelay(task, initialDelay, period, unit);
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, long initialDelay, long delay, TimeUnit unit) {
        accept();
        Task<Void> handle = new Task<>(() -> null, Long.MAX_VALUE);
        repeat(handle, task, unit.toMillis(initialDelay), unit.toMillis(delay));
        return handle;
    }

    private void repeat(Task<Void> handle, Runnable task, long firstMs, long thenMs) {
        life.after(Math.min(firstMs, Integer.MAX_VALUE), () -> {
            if (!shutdown && !handle.isCancelled()) {
                task.run();
                repeat(handle, task, thenMs, thenMs);
            }
        });
    }

    private void accept() {
        if (shutdown) {
            throw new RejectedExecutionException("shut down");
        }
    }

    @Override
    public void shutdown() {
        shutdown = true;
    }

    @Override
    public List<Runnable> shutdownNow() {
        shutdown = true;
        return List.of();
    }

    @Override
    public boolean isShutdown() {
        return shutdown;
    }

    @Override
    public boolean isTerminated() {
        return shutdown;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return true;
    }

    private final class Task<V> extends FutureTask<V> implements ScheduledFuture<V> {
        private final long atMs;

        Task(Callable<V> task, long atMs) {
            super(task);
            this.atMs = atMs;
        }

        void runUnless(boolean over) {
            if (over || isCancelled()) {
                return;
            }
            run();
            if (isCancelled()) {
                return; // it took itself back while it ran
            }
            try {
                get();
            } catch (ExecutionException thrown) {
                throw new IllegalStateException("A scheduled task failed", thrown.getCause());
            } catch (InterruptedException impossible) {
                throw new IllegalStateException(impossible);
            }
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(atMs - life.nowMs(), TimeUnit.MILLISECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(getDelay(TimeUnit.MILLISECONDS), other.getDelay(TimeUnit.MILLISECONDS));
        }
    }
}
