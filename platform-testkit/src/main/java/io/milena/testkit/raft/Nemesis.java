package io.milena.testkit.raft;

import io.milena.testkit.sim.Dice;
import io.milena.testkit.sim.Host;
import io.milena.testkit.sim.Network;
import io.milena.testkit.sim.World;
import java.util.List;
import org.apache.kafka.common.errors.KafkaStorageException;

/** Does harm, as much of each kind as the plan says, at every turn. */
final class Nemesis {
    private static final long TURN_US = 50_000;
    private static final long RETURN_MS = 3_000;

    private final World world;
    private final Network network;
    private final QuorumPlan plan;
    private final List<QuorumHost> hosts;
    private final Dice dice;
    private boolean done;

    Nemesis(World world, Network network, QuorumPlan plan, List<QuorumHost> hosts) {
        this.world = world;
        this.network = network;
        this.plan = plan;
        this.hosts = hosts;
        this.dice = world.dice().fork();
    }

    void begin() {
        network.faults(plan.network());
        hosts.forEach(each -> each.host().expectFaults(Nemesis::comesFromDisk));
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
        network();
        processes();
        if (dice.chance(plan.diskFaults())) {
            spoilDisk(dice.pick(hosts).host());
        }
        if (dice.chance(plan.clockFaults())) {
            QuorumHost victim = dice.pick(hosts);
            if (dice.nextBoolean()) {
                victim.host().clock().drift(0.9 + 0.2 * dice.nextDouble());
            } else {
                victim.host().clock().jump(dice.between(-3_600_000, 3_600_000));
            }
        }
        if (dice.chance(plan.snapshots())) {
            dice.pick(hosts).snapshot();
        }
    }

    private void network() {
        if (dice.chance(plan.cuts())) {
            cut(dice.pick(hosts).id(), dice.pick(hosts).id());
        }
        if (dice.chance(plan.cuts() / 4)) {
            isolate(dice.pick(hosts).id());
        }
        if (dice.chance(plan.resets())) {
            network.reset(dice.pick(hosts).id(), dice.pick(hosts).id());
        }
    }

    private void cut(int from, int to) {
        network.cut(from, to);
        boolean bothWays = dice.nextBoolean();
        if (bothWays) {
            network.cut(to, from);
        }
        world.after(1_000 * dice.between(10, 5_000), () -> {
            network.mend(from, to);
            if (bothWays) {
                network.mend(to, from);
            }
        });
    }

    private void isolate(int id) {
        hosts.stream().filter(other -> other.id() != id).forEach(other -> cut(id, other.id()));
    }

    private void processes() {
        if (dice.chance(plan.kills())) {
            Host victim = dice.pick(hosts).host();
            victim.kill();
            bootLater(victim);
        }
        if (dice.chance(plan.powerCuts())) {
            Host victim = dice.pick(hosts).host();
            if (dice.nextBoolean()) {
                victim.cutPower();
            } else {
                victim.disk().losePowerAfter(dice.below(20));
            }
        }
        if (dice.chance(plan.blackouts())) {
            hosts.forEach(each -> each.host().cutPower());
        }
        if (dice.chance(plan.pauses())) {
            dice.pick(hosts).host().pause(dice.between(100, 5_000));
        }
        for (QuorumHost each : hosts) {
            if (!each.host().isUp()) {
                bootLater(each.host());
            }
        }
    }

    private void bootLater(Host host) {
        long delayMs = dice.chance(0.3) ? dice.between(1, 50) : dice.between(50, RETURN_MS);
        world.after(1_000 * delayMs, () -> boot(host));
    }

    private void boot(Host host) {
        if (!host.isUp()) {
            if (dice.chance(0.5)) {
                host.disk().heal();
            }
            hosts.stream().filter(each -> each.host() == host).forEach(host::boot);
        }
    }

    private void spoilDisk(Host host) {
        switch (dice.below(3)) {
            case 0 -> host.disk().failSync(dice.below(5));
            case 1 -> host.disk().capacity(dice.between(0, 20_000));
            default -> host.disk().readOnly(true);
        }
    }

    /** What a spoilt disk makes of a process: it must end, and say nothing more. */
    private static boolean comesFromDisk(Throwable fault) {
        for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage());
            if (message.contains("No space left on device")
                    || message.contains("Input/output error")
                    || message.contains("Read-only file system")
                    || (cause instanceof KafkaStorageException && message.contains("is offline"))) {
                return true;
            }
        }
        return false;
    }

    /** Everything works from now on, and everybody is there. */
    void heal() {
        done = true;
        network.faults(Network.Faults.NONE);
        network.mendAll();
        for (QuorumHost each : hosts) {
            each.host().disk().heal();
            each.host().clock().drift(1);
            if (!each.host().isUp()) {
                each.host().boot(each);
            }
        }
    }
}
