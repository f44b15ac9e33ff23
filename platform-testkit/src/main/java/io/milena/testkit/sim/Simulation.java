package io.milena.testkit.sim;

/** Something that is simulated: a function from a seed to a history in which nothing forbidden happened. */
public interface Simulation {
    /** One word, for the command line. */
    String name();

    /** What the seed makes of it: sizes, faults, load; one line. */
    String options(long seed);

    /**
     * Plays the history of a seed.
     *
     * @param keepTrace whether the trace's text is wanted
     * @return the trace
     * @throws Violation when something happened that must not
     */
    Trace run(long seed, boolean keepTrace);
}
