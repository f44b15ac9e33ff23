package io.milena.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Does one thing after another on a thread of its own and remembers when each began and was done: what a client notices of a failover is
 * the longest pause.
 */
final class Pulse implements AutoCloseable {
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(60);

    /** One beat, which returns when it is done. */
    interface Beat {
        void run(int number) throws Exception;
    }

    private record Done(long beganNs, long endedNs) {}

    private final Thread thread;
    private final List<Done> done = new ArrayList<>();
    private boolean running = true;
    private @Nullable Throwable failure;

    Pulse(Beat beat) {
        thread = new Thread(() -> run(beat), "pulse");
        thread.setDaemon(true);
        thread.start();
    }

    private void run(Beat beat) {
        for (int number = 0; isRunning(); number++) {
            long beganNs = System.nanoTime();
            try {
                beat.run(number);
            } catch (Exception failed) {
                synchronized (this) {
                    failure = failed;
                    running = false;
                    notifyAll();
                }
                return;
            }
            synchronized (this) {
                done.add(new Done(beganNs, System.nanoTime()));
                notifyAll();
            }
        }
    }

    private synchronized boolean isRunning() {
        return running;
    }

    /** Waits until {@code beats} more are done. */
    synchronized void await(int beats) throws InterruptedException {
        int target = done.size() + beats;
        long deadlineNs = System.nanoTime() + PATIENCE_NS;
        while (done.size() < target) {
            if (failure != null || System.nanoTime() > deadlineNs) {
                throw new IllegalStateException("Beat " + done.size() + " was not done", failure);
            }
            wait(100);
        }
    }

    /** From {@code sinceNs} to the end of the longest pause between two beats that were done after it, ms. */
    synchronized double outageMs(long sinceNs) {
        long lastNs = sinceNs;
        long longestNs = 0;
        long outageNs = 0;
        for (Done each : done) {
            if (each.endedNs > sinceNs) {
                if (each.endedNs - lastNs > longestNs) {
                    longestNs = each.endedNs - lastNs;
                    outageNs = each.endedNs - sinceNs;
                }
                lastNs = each.endedNs;
            }
        }
        return outageNs / 1e6;
    }

    /** The longest that a beat done after {@code sinceNs} took, ms. */
    synchronized double longestMs(long sinceNs) {
        return done.stream()
                        .filter(each -> each.endedNs > sinceNs)
                        .mapToLong(each -> each.endedNs - each.beganNs)
                        .max()
                        .orElseThrow()
                / 1e6;
    }

    @Override
    public void close() throws InterruptedException {
        synchronized (this) {
            running = false;
        }
        thread.join();
    }
}
