package io.milena.testkit.cluster;

import io.milena.testkit.sim.Dice;
import io.milena.testkit.sim.Network;

/**
 * What a seed is about: how many of what, how much trouble of each kind (a probability per turn of {@link Trouble}).
 *
 * @param controllers 1 or 3
 * @param brokers 3 or 4
 * @param partitions of the topic, each with three replicas and a minimum of two in sync
 * @param producers idempotent producers with acks=all
 * @param faultsMs how long the trouble lasts
 * @param network how bad it is
 * @param cuts one-way and two-way cuts between two hosts
 * @param resets broken connections
 * @param brokerKills {@code kill -9} of a broker
 * @param controllerKills {@code kill -9} of a controller
 * @param blackouts {@code kill -9} of all brokers
 * @param powerCuts of a broker, which loses what was not synced; never of two before the first is in sync again
 * @param controllerPowerCuts of a controller
 * @param pauses of any host, shorter or longer than its session
 * @param rollings clean stops of a broker
 * @param clockFaults clocks that drift, or are set
 * @param operations an operator's: reassignments, elections, more topics, snapshots
 * @param lossGraceMs how long a broker whose connection broke may take to come back; 0 = the session's time
 */
record ClusterPlan(
        int controllers,
        int brokers,
        int partitions,
        int producers,
        long faultsMs,
        Network.Faults network,
        double cuts,
        double resets,
        double brokerKills,
        double controllerKills,
        double blackouts,
        double powerCuts,
        double controllerPowerCuts,
        double pauses,
        double rollings,
        double clockFaults,
        double operations,
        long lossGraceMs) {

    static ClusterPlan of(Dice dice) {
        return new ClusterPlan(
                dice.chance(0.3) ? 1 : 3,
                dice.chance(0.6) ? 3 : 4,
                (int) dice.between(1, 3),
                (int) dice.between(1, 3),
                dice.between(4_000, 12_000),
                network(dice),
                some(dice, 0.05),
                some(dice, 0.08),
                some(dice, 0.06),
                some(dice, 0.05),
                some(dice, 0.01),
                some(dice, 0.05),
                some(dice, 0.03),
                some(dice, 0.05),
                some(dice, 0.05),
                some(dice, 0.03),
                some(dice, 0.1),
                dice.chance(0.5) ? 0 : 100);
    }

    /** Often none of a kind at all: a history with one kind of trouble gets further than one with all of them. */
    private static double some(Dice dice, double most) {
        return dice.chance(0.4) ? 0 : dice.nextDouble() * most;
    }

    private static Network.Faults network(Dice dice) {
        return dice.chance(0.4)
                ? Network.Faults.NONE
                : new Network.Faults(
                        some(dice, 0.02),
                        some(dice, 0.02),
                        dice.between(300, 5_000),
                        some(dice, 0.05),
                        dice.between(10_000, 300_000));
    }
}
