package io.milena.testkit.sim;

import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** Chance from a seed. */
public final class Dice implements RandomGenerator {
    private final SplittableRandom random;

    public Dice(long seed) {
        this(new SplittableRandom(seed));
    }

    private Dice(SplittableRandom random) {
        this.random = random;
    }

    /** Dice of their own, whose throws do not depend on how often these are thrown later. */
    public Dice fork() {
        return new Dice(random.split());
    }

    @Override
    public long nextLong() {
        return random.nextLong();
    }

    /** True with that probability, from 0 to 1. */
    public boolean chance(double probability) {
        return probability > 0 && nextDouble() < probability;
    }

    /** From {@code least} to {@code most}, both included. */
    public long between(long least, long most) {
        return least >= most ? least : nextLong(least, most + 1);
    }

    /** From 0 to {@code bound}, that excluded. */
    public int below(int bound) {
        return nextInt(bound);
    }

    public <T> T pick(List<T> some) {
        return some.get(below(some.size()));
    }
}
