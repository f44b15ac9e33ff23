package io.milena.testkit.cluster;

import io.milena.controller.ControllerLoop;
import io.milena.testkit.sim.Life;
import org.jspecify.annotations.Nullable;

/** A controller's loop as part of its process's simulated time. */
final class SimulatedLoop implements ControllerLoop {
    private final Life life;
    private final Serial serial;
    private @Nullable Body body;
    private long wakeMs = Long.MAX_VALUE;

    SimulatedLoop(Life life) {
        this.life = life;
        this.serial = new Serial(life);
    }

    @Override
    public void start(Body started) {
        body = started;
    }

    @Override
    public void add(Runnable event) {
        serial.execute(() -> {
            event.run();
            tick();
        });
    }

    private void tick() {
        Body running = body;
        if (running == null) {
            return;
        }
        running.ran();
        long next = running.tick();
        if (next < wakeMs) {
            long dueMs = Math.max(next, life.nowMs() + 1);
            wakeMs = dueMs;
            life.after(dueMs - life.nowMs(), () -> {
                if (wakeMs == dueMs) {
                    wakeMs = Long.MAX_VALUE;
                }
                tick();
            });
        }
    }

    @Override
    public void close() {
        body = null;
    }
}
