package io.milena.testkit.raft;

import io.milena.testkit.sim.Dice;
import io.milena.testkit.sim.Network;

/**
 * What one seed tries. Each seed gets some kinds of faults only, since all at once keep one another from happening.
 *
 * @param voters controllers that vote at the beginning
 * @param joiners controllers that do not, and may be added
 * @param observers brokers
 * @param dynamic {@code kraft.version} 1: voters are in the log and change
 * @param network how bad it is
 * @param cuts probability per turn of the nemesis of a cut, in one direction or both
 * @param resets of a reset between two hosts
 * @param kills of a killed process
 * @param powerCuts of a power cut, at rest or in the middle of something
 * @param blackouts of a power cut on all hosts
 * @param pauses of a process that is stopped for a while
 * @param diskFaults of a failed sync, or a full disk
 * @param clockFaults of a clock that drifts or jumps
 * @param snapshots of a snapshot
 * @param membership of a change of the voters
 * @param strangers of a lie told to a controller by somebody who is no member, each 20 ms
 * @param appends of records from a client, per host that leads
 * @param syncUs how long a sync takes
 * @param retentionBytes how much log is kept below a snapshot
 * @param faultsMs how long the faults last
 */
record QuorumPlan(
        int voters,
        int joiners,
        int observers,
        boolean dynamic,
        Network.Faults network,
        double cuts,
        double resets,
        double kills,
        double powerCuts,
        double blackouts,
        double pauses,
        double diskFaults,
        double clockFaults,
        double snapshots,
        double membership,
        double appends,
        double strangers,
        long syncUs,
        long retentionBytes,
        long faultsMs) {

    static QuorumPlan of(Dice dice) {
        int[] sizes = {1, 2, 3, 3, 3, 3, 3, 3, 4, 5};
        boolean dynamic = dice.chance(0.5);
        return new QuorumPlan(
                sizes[dice.below(sizes.length)],
                dynamic ? dice.below(3) : 0,
                dice.below(4) / 2,
                dynamic,
                new Network.Faults(
                        sometimes(dice, 0.4, 0.1),
                        sometimes(dice, 0.3, 0.1),
                        1_000L << dice.below(6),
                        sometimes(dice, 0.3, 0.05),
                        dice.between(100_000, 3_000_000)),
                sometimes(dice, 0.5, 0.15),
                sometimes(dice, 0.4, 0.2),
                sometimes(dice, 0.5, 0.1),
                sometimes(dice, 0.5, 0.1),
                sometimes(dice, 0.3, 0.05),
                sometimes(dice, 0.3, 0.05),
                sometimes(dice, 0.2, 0.05),
                sometimes(dice, 0.3, 0.05),
                sometimes(dice, 0.5, 0.2),
                dynamic ? sometimes(dice, 0.7, 0.2) : 0,
                dice.nextDouble() * 0.6,
                sometimes(dice, 0.3, 0.5),
                dice.between(50, 5_000),
                dice.between(500, 20_000),
                dice.between(3_000, 15_000));
    }

    private static double sometimes(Dice dice, double probability, double most) {
        return dice.chance(probability) ? dice.nextDouble() * most : 0;
    }
}
