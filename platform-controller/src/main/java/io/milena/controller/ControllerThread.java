package io.milena.controller;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A controller's loop in a node: one daemon thread. */
final class ControllerThread implements ControllerLoop {
    private static final Logger LOG = LoggerFactory.getLogger(ControllerThread.class);
    private static final long CLOSE_TIMEOUT_MS = 10_000;

    private final String name;
    private final LongSupplier clockMs;
    private final LinkedBlockingQueue<Runnable> events = new LinkedBlockingQueue<>();
    private final AtomicBoolean closing = new AtomicBoolean();
    private volatile @Nullable Thread thread;

    ControllerThread(String name, LongSupplier clockMs) {
        this.name = name;
        this.clockMs = clockMs;
    }

    @Override
    public void start(Body body) {
        Thread started = new Thread(() -> loop(body), name);
        started.setDaemon(true);
        thread = started;
        started.start();
    }

    @Override
    public void add(Runnable event) {
        events.add(event);
    }

    private void loop(Body body) {
        try {
            long wakeMs = Long.MAX_VALUE;
            while (!closing.get() || !events.isEmpty()) {
                Runnable event = next(wakeMs);
                if (event != null) {
                    event.run();
                    body.ran();
                }
                // A busy queue must not keep sessions from ending.
                if (event == null || events.isEmpty() || clockMs.getAsLong() >= wakeMs) {
                    wakeMs = body.tick();
                }
            }
        } catch (InterruptedException stopped) {
            LOG.info("The controller's thread was interrupted; stopping");
        } catch (RuntimeException | Error fault) {
            body.broke(fault);
        } finally {
            body.ended();
        }
    }

    private @Nullable Runnable next(long wakeMs) throws InterruptedException {
        Runnable queued = events.poll();
        if (queued != null) {
            return queued;
        }
        if (wakeMs == Long.MAX_VALUE) {
            return events.take();
        }
        return events.poll(Math.max(0, wakeMs - clockMs.getAsLong()), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        events.add(() -> {});
        Thread running = thread;
        if (running == null) {
            return;
        }
        try {
            running.join(CLOSE_TIMEOUT_MS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
