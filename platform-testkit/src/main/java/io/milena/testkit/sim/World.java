package io.milena.testkit.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Simulated time: one queue ordered by (time, sequence), one seed from which all chance comes, one trace of what happened.
 * Whatever lives in a world runs inside an event of this queue, on the one thread that calls {@link #step()}, and touches no
 * other clock, source of randomness or thread: so a seed is a history, and the history can be seen again.
 */
public final class World {
    private record Timed(long atUs, long sequence, Runnable what) implements Comparable<Timed> {
        @Override
        public int compareTo(Timed other) {
            int byTime = Long.compare(atUs, other.atUs);
            return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
        }
    }

    /** A history that is longer goes in circles. */
    private static final long MOST_STEPS = 5_000_000;

    private final long seed;
    private final Dice dice;
    private final Trace trace;
    private final PriorityQueue<Timed> queue = new PriorityQueue<>();
    private final List<Runnable> checks = new ArrayList<>();
    private long nowUs;
    private long sequence;
    private long steps;

    /** @param keepTrace whether the trace keeps its text, besides the hash: wanted when a failure is replayed, slow otherwise */
    public World(long seed, boolean keepTrace) {
        this.seed = seed;
        this.dice = new Dice(seed);
        this.trace = new Trace(keepTrace);
    }

    /**
     * Plays a history in a world of its own.
     *
     * @return its trace
     * @throws Violation as the history does, with the trace so far
     */
    public static Trace play(long seed, boolean keepTrace, Consumer<World> history) {
        World world = new World(seed, keepTrace);
        try {
            history.accept(world);
        } catch (Violation violation) {
            world.trace.say(world.nowUs, violation.toString());
            violation.happenedIn(world.trace);
            throw violation;
        }
        return world.trace;
    }

    public long seed() {
        return seed;
    }

    /** The world's own dice. A part that is to keep its luck whatever else changes takes {@link Dice#fork()}. */
    public Dice dice() {
        return dice;
    }

    public Trace trace() {
        return trace;
    }

    /** True time, microseconds since the world began. Hosts see it through their {@link HostClock}. */
    public long nowUs() {
        return nowUs;
    }

    public long nowMs() {
        return nowUs / 1_000;
    }

    /** When the next event happens; {@link Long#MAX_VALUE} if there is none. */
    public long nextUs() {
        Timed next = queue.peek();
        return next == null ? Long.MAX_VALUE : next.atUs();
    }

    /** Events done so far. */
    public long steps() {
        return steps;
    }

    /** @param timeUs true time; one that has passed means now, after what is due now already */
    public void at(long timeUs, Runnable what) {
        queue.add(new Timed(Math.max(timeUs, nowUs), sequence++, what));
    }

    public void after(long delayUs, Runnable what) {
        at(nowUs + delayUs, what);
    }

    public void every(long periodUs, Runnable what) {
        after(periodUs, () -> {
            what.run();
            every(periodUs, what);
        });
    }

    /** Runs {@code check} after each event; it throws {@link Violation} when what must always hold does not. */
    public void invariant(Runnable check) {
        checks.add(check);
    }

    /** Notes in the trace that something happened. {@code what} is a constant; the numbers say which. */
    public void note(String what, long... which) {
        trace.note(nowUs, what, which);
    }

    /** Does the next event; false if there is none. */
    public boolean step() {
        Timed next = queue.poll();
        if (next == null) {
            return false;
        }
        nowUs = next.atUs();
        Violation.unless(steps++ < MOST_STEPS, "the history goes in circles: %d events in %d ms", steps, nowMs());
        next.what().run();
        for (Runnable check : checks) {
            check.run();
        }
        return true;
    }

    /** Lets {@code durationMs} pass. */
    public void run(long durationMs) {
        runUntil(() -> false, durationMs);
    }

    /** Runs until {@code done}, which is looked at after each event, but no longer than {@code atMostMs}; true if done. */
    public boolean runUntil(BooleanSupplier done, long atMostMs) {
        long endUs = nowUs + atMostMs * 1_000;
        while (!done.getAsBoolean()) {
            Timed next = queue.peek();
            if (next == null || next.atUs() > endUs) {
                nowUs = Math.max(nowUs, endUs); // an event that took its time may have ended later
                return done.getAsBoolean();
            }
            step();
        }
        return true;
    }
}
