package io.milena.testkit.cluster;

import io.milena.metadata.LoaderExecutor;
import io.milena.testkit.sim.Life;
import java.util.ArrayDeque;
import java.util.Deque;

/** A thread of a process: does one thing after the other, in the order in which they were asked for. */
final class Serial implements LoaderExecutor {
    private final Life life;
    private final Deque<Runnable> waiting = new ArrayDeque<>();

    Serial(Life life) {
        this.life = life;
    }

    @Override
    public void execute(Runnable task) {
        waiting.add(task);
        life.execute(() -> waiting.remove().run());
    }

    @Override
    public void schedule(Runnable task, long delayMs) {
        life.after(delayMs, () -> execute(task));
    }
}
