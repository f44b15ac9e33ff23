package io.milena.testkit.cluster;

import io.milena.metadata.MetadataImage;
import io.milena.metadata.PartitionRegistration;
import io.milena.metadata.TopicImage;
import io.milena.testkit.sim.Dice;
import io.milena.testkit.sim.Host;
import io.milena.testkit.sim.Simulation;
import io.milena.testkit.sim.Trace;
import io.milena.testkit.sim.Violation;
import io.milena.testkit.sim.World;

/**
 * A cluster under faults, with producers, a reader and an operator; then the faults end, and within bounded time every partition
 * has its preferred leader and all its replicas in sync, what producers had under way is acknowledged, and everything acknowledged is read.
 */
public final class ClusterSimulation implements Simulation {
    private static final long READY_WITHIN_MS = 20_000;
    private static final long HEALED_WITHIN_MS = 40_000;
    private static final long BALANCED_WITHIN_MS = 1_500;

    @Override
    public String name() {
        return "cluster";
    }

    @Override
    public String options(long seed) {
        return ClusterPlan.of(new Dice(seed)).toString();
    }

    @Override
    public Trace run(long seed, boolean keepTrace) {
        return World.play(seed, keepTrace, world -> new Run(world, ClusterPlan.of(new Dice(seed))).play());
    }

    /** One history. */
    private static final class Run {
        private final World world;
        private final ClusterPlan plan;
        private final Cluster cluster;
        private final Invariants invariants;
        private final Trouble trouble;
        private long wholeSinceMs;

        Run(World world, ClusterPlan plan) {
            this.world = world;
            this.plan = plan;
            this.cluster = new Cluster(world, plan);
            this.invariants = new Invariants(cluster);
            this.trouble = new Trouble(cluster, plan);
            world.invariant(invariants::check);
        }

        void play() {
            cluster.boot();
            demand("no topic with all replicas in sync in the beginning", this::isWhole, READY_WITHIN_MS);
            world.note("trouble begins");
            trouble.begin();
            world.run(plan.faultsMs());
            world.note("trouble ends");
            trouble.heal();
            cluster.operator().finish();
            cluster.producers().forEach(ProducerClient::finish);
            long deadlineMs = world.nowMs() + HEALED_WITHIN_MS;
            demand("not all replicas are in sync after the trouble", this::isWhole, HEALED_WITHIN_MS);
            cluster.producers().forEach(ProducerClient::oneMore);
            demand(
                    "producers get no answer after the trouble",
                    () -> cluster.producers().stream().allMatch(ProducerClient::isFinished),
                    deadlineMs - world.nowMs());
            demand(
                    "not everything acknowledged is read",
                    () -> cluster.reader().hasReadAll(),
                    deadlineMs - world.nowMs());
            wholeSinceMs = world.nowMs();
            demand("not every partition is led by its preferred replica", this::isBalancedOrLate, HEALED_WITHIN_MS);
            Violation.unless(
                    isBalanced(),
                    "leaders are not moved to preferred replicas, though all have been in sync since %d: %s",
                    wholeSinceMs,
                    cluster.observer().newest().topics());
            invariants.checkAllEqual();
            cluster.observer().compareNow(cluster.members());
            cluster.operator().check();
            Violation.unless(cluster.ledger().acknowledged() > 0, "nothing was acknowledged at all");
            world.note("acknowledged in all", cluster.ledger().acknowledged());
        }

        /**
         * Balancing goes on until it is done: it takes one interval and a little, however many leaders there are to move. A broker may
         * still lose its session after the trouble, and a pause last beyond it, so the time counts from when all replicas were in sync
         * and nobody was paused any more.
         */
        private boolean isBalancedOrLate() {
            if (!isWhole() || cluster.hosts().stream().anyMatch(Host::isPaused)) {
                wholeSinceMs = world.nowMs();
            }
            return isBalanced()
                    || world.nowMs() - wholeSinceMs > ControllerNode.BALANCE_INTERVAL_MS + BALANCED_WITHIN_MS;
        }

        private boolean isBalanced() {
            for (TopicImage each : cluster.observer().newest().topics().topics()) {
                for (int index = 0; index < each.partitionCount(); index++) {
                    PartitionRegistration partition = each.partitionOrNull(index);
                    if (partition == null || !partition.hasPreferredLeader()) {
                        return false;
                    }
                }
            }
            return true;
        }

        private interface Condition {
            boolean holds();
        }

        private void demand(String otherwise, Condition condition, long withinMs) {
            boolean reached = world.runUntil(condition::holds, Math.max(1, withinMs));
            Violation.unless(
                    reached,
                    "%s within %d ms: %s, %s, topics %s, brokers %s",
                    otherwise,
                    withinMs,
                    cluster.producers(),
                    cluster.reader(),
                    cluster.observer().newest().topics(),
                    cluster.observer().newest().cluster());
        }

        /** Whether every partition of the topic has all its replicas in sync. */
        private boolean isWhole() {
            MetadataImage image = cluster.observer().newest();
            TopicImage topic = image.topics().topicOrNull(ClientNode.TOPIC);
            if (topic == null || cluster.producers().stream().anyMatch(each -> !each.isReady())) {
                return false;
            }
            for (TopicImage each : image.topics().topics()) {
                for (int index = 0; index < each.partitionCount(); index++) {
                    PartitionRegistration partition = each.partitionOrNull(index);
                    if (partition == null || partition.isr().length < partition.replicas().length) {
                        return false;
                    }
                }
            }
            return true;
        }
    }
}
