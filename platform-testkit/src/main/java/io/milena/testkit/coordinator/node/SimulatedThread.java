package io.milena.testkit.coordinator.node;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * A thread of a process. It does one task after the other, each takes time, and what a task hands to others leaves when that time
 * has passed.
 */
final class SimulatedThread extends AbstractExecutorService implements ScheduledExecutorService {
    private static final long TASK_US = 10;

    private final BrokerProcess process;
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private long busyUntilUs;
    private boolean woken;
    private boolean shutdown;

    SimulatedThread(BrokerProcess process) {
        this.process = process;
    }

    /** This thread's time: when it will have done what it is doing. */
    long nowUs() {
        return Math.max(process.world().nowUs(), busyUntilUs);
    }

    /** What it does takes so long, or nobody gives it a processor. */
    void work(long durationUs) {
        busyUntilUs = nowUs() + durationUs;
    }

    @Override
    public void execute(Runnable task) {
        accept();
        process.life().atUs(process.nowUs(), () -> {
            waiting.add(task);
            wake();
        });
    }

    private void wake() {
        if (!woken && !waiting.isEmpty()) {
            woken = true;
            process.life().atUs(nowUs(), this::run);
        }
    }

    private void run() {
        woken = false;
        if (busyUntilUs > process.world().nowUs() || process.isCurrent(this)) {
            wake();
            return;
        }
        work(TASK_US);
        process.runOn(this, waiting.remove());
        wake();
    }

    private void accept() {
        if (shutdown) {
            throw new RejectedExecutionException("shut down");
        }
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
        accept();
        long delayUs = process.life().host().clock().trueUs(unit.toMillis(delay));
        Timed timed = new Timed(task);
        process.life().atUs(process.nowUs() + delayUs, () -> {
            if (!shutdown && !timed.isCancelled()) {
                waiting.add(timed);
                wake();
            }
        });
        return timed;
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> task, long delay, TimeUnit unit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, long initialDelay, long period, TimeUnit unit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, long initialDelay, long delay, TimeUnit unit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void shutdown() {
        shutdown = true;
    }

    @Override
    public List<Runnable> shutdownNow() {
        shutdown = true;
        waiting.clear();
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

    /** A task whose time came; what it throws ends the process, as nobody looks at its future. */
    private static final class Timed extends FutureTask<Void> implements ScheduledFuture<Void> {
        private final Runnable task;

        Timed(Runnable task) {
            super(task, null);
            this.task = task;
        }

        @Override
        public void run() {
            if (!isCancelled()) {
                task.run();
            }
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return 0;
        }

        @Override
        public int compareTo(Delayed other) {
            return 0;
        }
    }
}
