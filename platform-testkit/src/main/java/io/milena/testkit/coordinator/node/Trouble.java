package io.milena.testkit.coordinator.node;

import io.milena.testkit.sim.Dice;
import io.milena.testkit.sim.Network;
import io.milena.testkit.sim.World;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Does harm to brokers and logs, as much of each kind as the plan says, at every turn. */
public final class Trouble {
    private static final long TURN_US = 50_000;
    /** The controller elects another leader when a broker is gone for so long. */
    private static final long FENCED_AFTER_US = 600_000;

    private final Cluster cluster;
    private final World world;
    private final NodePlan plan;
    private final Dice dice;
    private boolean done;

    public Trouble(Cluster cluster) {
        this.cluster = cluster;
        this.world = cluster.world();
        this.plan = cluster.plan();
        this.dice = world.dice().fork();
    }

    public void begin() {
        cluster.network().faults(plan.network());
        cluster.troubled(true);
        again();
    }

    private void again() {
        world.after(TURN_US, () -> {
            if (!done) {
                turn();
                again();
            }
        });
    }

    private void turn() {
        for (ReplicatedPartition partition : cluster.partitions()) {
            if (dice.chance(plan.elections())) {
                elect(partition, dice.pick(cluster.brokers()));
            }
            if (dice.chance(plan.reelections()) && partition.leader() > 0) {
                cluster.move(partition, partition.leader(), dice.chance(0.7) ? 30_000 : plan.lateUs());
            }
            if (dice.chance(plan.commitStalls())) {
                long durationUs = dice.between(100_000, 3_000_000);
                partition.stall(durationUs, dice.nextBoolean() ? 0 : durationUs);
            }
            if (dice.chance(plan.smallBatches())) {
                partition.maxBatchBytes((int) dice.between(100, 2_000));
                world.after(dice.between(100_000, 1_000_000), () -> partition.maxBatchBytes(Integer.MAX_VALUE));
            }
        }
        brokers();
    }

    private void brokers() {
        Broker victim = dice.pick(cluster.brokers());
        if (dice.chance(plan.kills())) {
            kill(victim);
        }
        if (dice.chance(plan.pauses())) {
            victim.host().pause(dice.between(100, 3_000));
        }
        BrokerProcess process = victim.process();
        if (dice.chance(plan.stalls()) && process != null) {
            process.stallTurns(dice.below(plan.threads()), dice.between(10_000, 1_500_000));
        }
        if (dice.chance(plan.clockFaults())) {
            if (dice.nextBoolean()) {
                victim.host().clock().drift(0.9 + 0.2 * dice.nextDouble());
            } else {
                victim.host().clock().jump(dice.between(-60_000, 60_000));
            }
        }
        for (Broker each : cluster.brokers()) {
            if (!each.host().isUp() && dice.chance(0.05)) {
                each.host().boot(each);
            }
        }
    }

    private void kill(Broker victim) {
        victim.host().kill();
        for (ReplicatedPartition partition : cluster.partitions()) {
            if (partition.leader() == victim.id()) {
                world.after(dice.between(20_000, FENCED_AFTER_US), () -> replace(partition));
            }
        }
    }

    /** Somebody else leads, if its leader is not there. */
    private void replace(ReplicatedPartition partition) {
        Broker leader = partition.leaderBroker();
        if (leader == null || !leader.host().isUp()) {
            elect(partition, anybody());
        }
    }

    private @Nullable Broker anybody() {
        List<Broker> up =
                cluster.brokers().stream().filter(each -> each.host().isUp()).toList();
        return up.isEmpty() ? null : dice.pick(up);
    }

    private void elect(ReplicatedPartition partition, @Nullable Broker leader) {
        if (leader == null || !leader.host().isUp()) {
            return;
        }
        cluster.move(partition, leader.id(), dice.chance(0.5) ? 100_000 : plan.lateUs());
    }

    /** Everything works from now on, and everybody is there. */
    public void heal() {
        done = true;
        cluster.troubled(false);
        cluster.network().faults(Network.Faults.NONE);
        cluster.network().mendAll();
        for (Broker each : cluster.brokers()) {
            each.host().clock().drift(1);
            if (!each.host().isUp()) {
                each.host().boot(each);
            }
        }
        for (ReplicatedPartition partition : cluster.partitions()) {
            partition.heal();
            Broker leader = partition.leaderBroker();
            if (leader == null) {
                elect(partition, anybody());
            }
        }
    }

    // ---- after the trouble: what must not disturb those whom it does not concern

    /** Clocks are set, on all brokers. */
    public void jumpClocks() {
        world.note("clocks jump");
        cluster.brokers().forEach(each -> each.host().clock().jump(dice.between(-3_600_000, 3_600_000)));
    }

    /** A partition moves to a broker that leads another one besides, and takes seconds to read. */
    public void moveSlowly(ReplicatedPartition partition, int toBroker) {
        world.note("moves slowly", partition.id().partition(), toBroker);
        partition.slowLoads(10_000_000);
        cluster.move(partition, toBroker, 20_000);
    }

    /** Nothing of this partition is committed for so long. */
    public void stallCommits(ReplicatedPartition partition, long durationUs) {
        partition.stall(durationUs, 0);
    }
}
