package io.milena.testkit.coordinator;

import io.milena.coordinator.group.GroupCoordinator;
import io.milena.testkit.coordinator.group.Workload;
import io.milena.testkit.coordinator.node.Cluster;
import io.milena.testkit.coordinator.node.NodePlan;
import io.milena.testkit.coordinator.node.ReplicatedPartition;
import io.milena.testkit.coordinator.node.Trouble;
import io.milena.testkit.sim.Dice;
import io.milena.testkit.sim.Simulation;
import io.milena.testkit.sim.Trace;
import io.milena.testkit.sim.Violation;
import io.milena.testkit.sim.World;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Coordinators under faults. Then the faults end: within bounded time every group is stable, and afterwards neither clocks that are set nor
 * a partition that takes seconds to load disturb the groups of others; a member that dies is missed in time.
 */
public final class CoordinatorSimulation implements Simulation {
    private static final long SETTLED_WITHIN_MS = 40_000;
    private static final long EQUAL_WITHIN_MS = 5_000;

    /** Longer than a session: a member whose last heartbeat the trouble lost has been missed by then. */
    private static final long LOST_MISSED_MS = 3_500;

    private static final long CALM_MS = 5_000;
    /** A session, the other members' next heartbeats, and a rebalance. */
    private static final long MISSED_WITHIN_MS = 3_000 + 700 + 1_500;

    @Override
    public String name() {
        return "coordinator";
    }

    @Override
    public String options(long seed) {
        return NodePlan.of(new Dice(seed)).toString();
    }

    @Override
    public Trace run(long seed, boolean keepTrace) {
        return World.play(seed, keepTrace, world -> new Run(world, NodePlan.of(new Dice(seed))).play());
    }

    /** One history. */
    private static final class Run {
        private final World world;
        private final NodePlan plan;
        private final Cluster cluster;
        private final Trouble trouble;
        private final Workload workload;

        Run(World world, NodePlan plan) {
            this.world = world;
            this.plan = plan;
            this.cluster =
                    new Cluster(world, plan, List.of(GroupCoordinator.OFFSETS_TOPIC), List.of(Workload.coordinators()));
            this.trouble = new Trouble(cluster);
            this.workload = new Workload(cluster);
        }

        void play() {
            cluster.boot();
            workload.begin();
            world.run(2_000);
            workload.troubled(true);
            trouble.begin();
            world.run(plan.faultsMs());
            trouble.heal();
            workload.troubled(false);
            workload.bootAll();
            world.run(LOST_MISSED_MS);
            settle(SETTLED_WITHIN_MS);
            demandLogsEqualShards();
            clocksAndLoadsDisturbNobody();
            theDeadAreMissed();
            demandLogsEqualShards();
            world.note("acknowledged in all", workload.acknowledged());
        }

        private void settle(long withinMs) {
            long sinceUs = world.nowUs();
            demand("Groups are not stable", () -> workload.isSettled(sinceUs), withinMs);
        }

        private void clocksAndLoadsDisturbNobody() {
            world.run(1_500); // what is under way ends
            ReplicatedPartition moved = pick();
            workload.calm(Set.of(moved), null);
            List<Integer> before = workload.rebalances();
            trouble.jumpClocks();
            trouble.moveSlowly(moved, neighbour(moved));
            world.run(CALM_MS);
            workload.demandNoRebalance(before);
        }

        private void theDeadAreMissed() {
            settle(SETTLED_WITHIN_MS);
            world.run(1_500);
            ReplicatedPartition moved = pick();
            workload.calm(Set.of(moved), null);
            workload.killOneOfEach();
            trouble.moveSlowly(moved, neighbour(moved));
            long sinceUs = world.nowUs();
            demand("The dead are not missed", () -> workload.isSettledBut(moved, sinceUs), MISSED_WITHIN_MS);
            ReplicatedPartition stalled = pick();
            workload.calm(Set.of(moved), stalled);
            trouble.stallCommits(stalled, 3_000_000);
            world.run(3_000);
            workload.bootAll();
            settle(SETTLED_WITHIN_MS);
        }

        private ReplicatedPartition pick() {
            return world.dice().pick(new ArrayList<>(cluster.partitions()));
        }

        /** A broker that leads another partition. */
        private int neighbour(ReplicatedPartition moved) {
            return world.dice()
                    .pick(cluster.partitions().stream()
                            .filter(each -> each != moved)
                            .toList())
                    .leader();
        }

        private void demandLogsEqualShards() {
            Map<ReplicatedPartition, String> differences = new HashMap<>();
            cluster.partitions().forEach(each -> differences.put(each, "not looked at"));
            long untilMs = world.nowMs() + EQUAL_WITHIN_MS;
            while (!differences.isEmpty() && world.nowMs() < untilMs) {
                workload.compare(differences);
                world.run(47);
            }
            Violation.unless(differences.isEmpty(), "What is live is not what is in the log: %s", differences);
        }

        private void demand(String otherwise, BooleanSupplier condition, long withinMs) {
            Violation.unless(
                    world.runUntil(condition, withinMs),
                    "%s within %d ms: %s, %s",
                    otherwise,
                    withinMs,
                    workload,
                    cluster.partitions());
        }
    }
}
