package io.milena.testkit.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Many seeds of one simulation, on several threads, each world on one. Stops at the first violation.
 *
 * @param from first seed
 * @param count how many
 */
public record SeedRange(long from, long count) {
    private static final int TRACE_LINES = 200;

    /**
     * A seed in which something happened that must not.
     *
     * @param violation of the first run
     */
    public record Failure(Simulation simulation, long seed, Throwable violation) {
        /** Plays it again and tells everything that is needed to understand it. */
        public String describe() {
            StringBuilder text = new StringBuilder();
            text.append("simulation ")
                    .append(simulation.name())
                    .append(", seed ")
                    .append(seed)
                    .append('\n');
            text.append("options: ").append(simulation.options(seed)).append('\n');
            text.append("violation: ").append(violation).append('\n');
            text.append("again: bin/simulate --only ").append(simulation.name());
            text.append(" --from ").append(seed).append(" --seeds 1\n");
            try {
                simulation.run(seed, true);
                text.append("It does not happen again: something is not decided by the seed.\n");
            } catch (Violation replayed) {
                Trace trace = replayed.trace();
                text.append("trace, its end:\n").append(trace == null ? "not kept" : trace.tail(TRACE_LINES));
            }
            return text.toString();
        }
    }

    /** The failure that was found first; null if none was. Interrupted, it stops with what it has. */
    public @Nullable Failure run(Simulation simulation, int threads) {
        AtomicLong next = new AtomicLong(from);
        AtomicReference<@Nullable Failure> failure = new AtomicReference<>();
        Runnable work = () -> {
            for (long seed = next.getAndIncrement();
                    seed < from + count
                            && failure.get() == null
                            && !Thread.currentThread().isInterrupted();
                    seed = next.getAndIncrement()) {
                try {
                    simulation.run(seed, false);
                } catch (Throwable violation) {
                    failure.compareAndSet(null, new Failure(simulation, seed, violation));
                }
            }
        };
        List<Thread> helpers = new ArrayList<>();
        for (int i = 1; i < threads; i++) {
            Thread helper = new Thread(work, "simulation-" + i);
            helper.setDaemon(true);
            helper.setContextClassLoader(Thread.currentThread().getContextClassLoader());
            helper.start();
            helpers.add(helper);
        }
        work.run();
        for (Thread helper : helpers) {
            try {
                helper.join();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                helpers.forEach(Thread::interrupt);
            }
        }
        return failure.get();
    }
}
