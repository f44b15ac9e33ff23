package io.milena.testkit.coordinator.node;

import io.milena.testkit.sim.Dice;
import io.milena.testkit.sim.Network;

/**
 * What one seed does to brokers and their logs. Each seed gets some kinds of faults only, since all at once keep one another from
 * happening.
 *
 * @param brokers how many
 * @param partitions of each internal topic
 * @param threads that run turns, per broker, and as many that load
 * @param network how bad it is
 * @param elections probability per turn of the trouble of a leader that moves
 * @param reelections of a leader that is elected again, in a higher epoch
 * @param kills of a killed broker
 * @param pauses of a broker that is stopped for a while
 * @param stalls of a turn thread that gets no processor
 * @param clockFaults of a clock that drifts or jumps
 * @param commitStalls of a partition whose followers do not fetch
 * @param smallBatches of a partition whose batches must be small for a while
 * @param lateUs how late brokers hear of an election, at most
 * @param odds what goes wrong in single operations
 * @param faultsMs how long the trouble lasts
 */
public record NodePlan(
        int brokers,
        int partitions,
        int threads,
        Network.Faults network,
        double elections,
        double reelections,
        double kills,
        double pauses,
        double stalls,
        double clockFaults,
        double commitStalls,
        double smallBatches,
        long lateUs,
        Odds odds,
        long faultsMs) {

    /**
     * @param unknownOutcome of an append that fails without a word whether something was written
     * @param stallBeforeAppend of a thread that gets no processor before it appends
     * @param slowCommit of an append whose commit takes up to two seconds
     * @param failedLoad of a partition that cannot be read
     * @param slowLoad of a partition that takes seconds to read
     */
    public record Odds(
            double unknownOutcome, double stallBeforeAppend, double slowCommit, double failedLoad, double slowLoad) {}

    public static NodePlan of(Dice dice) {
        return new NodePlan(
                (int) dice.between(2, 3),
                (int) dice.between(2, 5),
                (int) dice.between(1, 2),
                new Network.Faults(
                        sometimes(dice, 0.4, 0.05),
                        0, // a connection doubles nothing: who hears no answer in time asks again, as clients do
                        1_000L << dice.below(4),
                        sometimes(dice, 0.3, 0.03),
                        dice.between(50_000, 1_000_000)),
                sometimes(dice, 0.6, 0.06),
                sometimes(dice, 0.5, 0.06),
                sometimes(dice, 0.4, 0.02),
                sometimes(dice, 0.3, 0.02),
                sometimes(dice, 0.4, 0.05),
                sometimes(dice, 0.4, 0.05),
                sometimes(dice, 0.4, 0.03),
                sometimes(dice, 0.3, 0.05),
                dice.chance(0.5) ? dice.between(20_000, 100_000) : dice.between(500_000, 3_000_000),
                new Odds(
                        sometimes(dice, 0.4, 0.05),
                        sometimes(dice, 0.5, 0.05),
                        sometimes(dice, 0.4, 0.1),
                        sometimes(dice, 0.3, 0.3),
                        sometimes(dice, 0.4, 0.3)),
                dice.between(4_000, 12_000));
    }

    private static double sometimes(Dice dice, double probability, double most) {
        return dice.chance(probability) ? dice.nextDouble() * most : 0;
    }
}
