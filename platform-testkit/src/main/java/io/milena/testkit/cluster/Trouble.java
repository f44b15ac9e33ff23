package io.milena.testkit.cluster;

import io.milena.metadata.BrokerRegistration;
import io.milena.metadata.MetadataImage;
import io.milena.metadata.PartitionRegistration;
import io.milena.metadata.TopicImage;
import io.milena.testkit.sim.Dice;
import io.milena.testkit.sim.Host;
import io.milena.testkit.sim.Network;
import io.milena.testkit.sim.World;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Does harm, as much of each kind as the plan says, at every turn; and no more than replication promises to survive. */
final class Trouble {
    private static final long TURN_US = 50_000;
    /** Nothing happened to brokers for so long before one may lose its power, so that everybody knows who is in sync. */
    private static final long QUIET_US = 1_500_000;

    private final World world;
    private final Cluster cluster;
    private final ClusterPlan plan;
    private final Dice dice;
    /** Brokers that lost their power and are not in sync again everywhere, with the broker epoch they had. */
    private final Map<Integer, Long> incomplete = new TreeMap<>();

    private long lastHarmUs;
    private boolean done;

    Trouble(Cluster cluster, ClusterPlan plan) {
        this.world = cluster.world();
        this.cluster = cluster;
        this.plan = plan;
        this.dice = world.dice().fork();
    }

    void begin() {
        cluster.network().faults(plan.network());
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
        incomplete.entrySet().removeIf(this::isBack);
        network();
        brokers();
        controllers();
        if (dice.chance(plan.pauses())) {
            Host victim = dice.pick(cluster.hosts());
            victim.pause(dice.nextBoolean() ? dice.between(50, 800) : dice.between(1_500, 4_000));
            lastHarmUs = world.nowUs();
        }
        if (dice.chance(plan.clockFaults())) {
            Host victim = dice.pick(cluster.hosts());
            if (dice.nextBoolean()) {
                victim.clock().drift(0.9 + 0.2 * dice.nextDouble());
            } else {
                victim.clock().jump(dice.between(-60_000, 60_000));
            }
        }
    }

    private void network() {
        List<Host> hosts = cluster.hosts();
        if (dice.chance(plan.cuts())) {
            cut(dice.pick(hosts).id(), dice.pick(hosts).id());
        }
        if (dice.chance(plan.cuts())) {
            // Replicas that lag while their brokers are well, as far as the controller knows.
            cut(dice.pick(cluster.brokers()).id(), dice.pick(cluster.brokers()).id());
        }
        if (dice.chance(plan.cuts() / 3)) {
            int victim = dice.pick(hosts).id();
            hosts.stream().filter(other -> other.id() != victim).forEach(other -> cut(victim, other.id()));
            lastHarmUs = world.nowUs();
        }
        if (dice.chance(plan.resets())) {
            cluster.network().reset(dice.pick(hosts).id(), dice.pick(hosts).id());
        }
    }

    private void cut(int from, int to) {
        boolean bothWays = dice.nextBoolean();
        cluster.network().cut(from, to);
        if (bothWays) {
            cluster.network().cut(to, from);
        }
        lastHarmUs = world.nowUs();
        world.after(1_000 * dice.between(20, 4_000), () -> {
            cluster.network().mend(from, to);
            if (bothWays) {
                cluster.network().mend(to, from);
            }
        });
    }

    private void brokers() {
        if (dice.chance(plan.brokerKills())) {
            kill(dice.pick(cluster.brokers()));
        }
        if (dice.chance(plan.blackouts())) {
            world.note("blackout");
            cluster.brokers().forEach(this::kill);
        }
        if (dice.chance(plan.rollings())) {
            BrokerNode leaving = dice.pick(cluster.brokers());
            lastHarmUs = world.nowUs();
            leaving.stop();
        }
        if (dice.chance(plan.powerCuts())) {
            BrokerNode victim = dice.pick(cluster.brokers());
            if (maySurvive(victim)) {
                incomplete.put(victim.id(), epochOf(victim.id()));
                lastHarmUs = world.nowUs();
                victim.cutPower();
            }
        }
        for (BrokerNode each : cluster.brokers()) {
            if (!each.host().isUp() && dice.chance(0.08)) {
                lastHarmUs = world.nowUs();
                each.boot();
            }
        }
    }

    /**
     * Not while another has yet to get back what it lost: to the controller, a killed broker may have lost something too, and
     * with a minimum of two in sync only one at a time may.
     */
    private void kill(BrokerNode victim) {
        if (!incomplete.isEmpty()) {
            return;
        }
        lastHarmUs = world.nowUs();
        victim.host().kill();
    }

    /** One loses what it had not synced; everybody else must still have it, and be known to. */
    private boolean maySurvive(BrokerNode victim) {
        boolean quiet = incomplete.isEmpty() && world.nowUs() - lastHarmUs > QUIET_US;
        return quiet
                && cluster.brokers().stream().allMatch(BrokerNode::serves)
                && cluster.brokers().stream().allMatch(each -> isInSyncEverywhere(each.id()))
                && victim.host().isUp();
    }

    /** Whether a broker that lost its power was registered anew and has everything. */
    private boolean isBack(Map.Entry<Integer, Long> lost) {
        int broker = lost.getKey();
        if (epochOf(broker) <= lost.getValue() || !isInSyncEverywhere(broker)) {
            return false;
        }
        cluster.brokers().get(broker - 1).isCompleteAgain();
        return true;
    }

    private long epochOf(int broker) {
        return cluster.observer()
                .newest()
                .cluster()
                .broker(broker)
                .map(BrokerRegistration::epoch)
                .orElse(-1L);
    }

    private boolean isInSyncEverywhere(int broker) {
        MetadataImage image = cluster.observer().newest();
        for (TopicImage topic : image.topics().topics()) {
            for (int index = 0; index < topic.partitionCount(); index++) {
                PartitionRegistration partition = topic.partitionOrNull(index);
                if (partition != null && partition.isReplica(broker) && !partition.isInSync(broker)) {
                    return false;
                }
            }
        }
        return image.cluster().brokers().containsKey(broker)
                && !image.cluster().brokers().get(broker).fenced();
    }

    private void controllers() {
        if (dice.chance(plan.controllerKills())) {
            dice.pick(cluster.controllers()).host().kill();
        }
        if (dice.chance(plan.controllerPowerCuts())) {
            dice.pick(cluster.controllers()).host().cutPower();
        }
        for (ControllerNode each : cluster.controllers()) {
            if (!each.host().isUp() && dice.chance(0.1)) {
                each.boot();
            }
        }
    }

    /** Everything works from now on, and everybody is there. */
    void heal() {
        done = true;
        cluster.network().faults(Network.Faults.NONE);
        cluster.network().mendAll();
        cluster.hosts().forEach(host -> host.clock().drift(1));
        cluster.controllers().forEach(ControllerNode::boot);
        // A broker whose controlled shutdown ends only now is wanted back, too.
        cluster.brokers().forEach(BrokerNode::boot);
        world.every(TURN_US, () -> cluster.brokers().forEach(BrokerNode::boot));
    }
}
