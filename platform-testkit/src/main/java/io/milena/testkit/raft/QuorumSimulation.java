package io.milena.testkit.raft;

import io.milena.testkit.sim.Dice;
import io.milena.testkit.sim.Network;
import io.milena.testkit.sim.Simulation;
import io.milena.testkit.sim.Trace;
import io.milena.testkit.sim.Violation;
import io.milena.testkit.sim.World;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A quorum under faults, with clients that append to whoever leads; then the faults end, and within bounded time there must be a leader
 * that commits, and everybody must have the same.
 */
public final class QuorumSimulation implements Simulation {
    private static final long LEADER_WITHIN_MS = 20_000;
    private static final long CAUGHT_UP_WITHIN_MS = 20_000;

    @Override
    public String name() {
        return "raft";
    }

    @Override
    public String options(long seed) {
        return QuorumPlan.of(new Dice(seed)).toString();
    }

    @Override
    public Trace run(long seed, boolean keepTrace) {
        return World.play(seed, keepTrace, world -> new Run(world, QuorumPlan.of(new Dice(seed))).play());
    }

    /** One history. */
    private static final class Run {
        private final World world;
        private final QuorumPlan plan;
        private final QuorumHistory history;
        private final List<QuorumHost> hosts = new ArrayList<>();
        private final Nemesis nemesis;
        private final Operator operator;
        private final Stranger stranger;
        private final Dice dice;
        private long nextValue;
        private boolean appending = true;

        Run(World world, QuorumPlan plan) {
            this.world = world;
            this.plan = plan;
            this.history = new QuorumHistory(world);
            QuorumWork work = new QuorumWork(world);
            Network network = new Network(world);
            QuorumMap map = new QuorumMap(plan);
            int controllers = plan.voters() + plan.joiners();
            for (int id = 1; id <= controllers + plan.observers(); id++) {
                hosts.add(new QuorumHost(network.host(id), id <= controllers, plan, history, work, map));
            }
            nemesis = new Nemesis(world, network, plan, hosts);
            operator = new Operator(network.host(99), plan, hosts, map);
            stranger = new Stranger(network.host(98), plan, hosts, map);
            dice = world.dice().fork();
            List<QuorumHost> voters = hosts.subList(0, plan.voters());
            for (QuorumHost each : hosts) {
                boolean initial = plan.dynamic() && voters.contains(each);
                each.format(
                        initial
                                ? map.initialVoters(
                                        voters.stream().map(QuorumHost::key).toList())
                                : null);
            }
        }

        void play() {
            hosts.forEach(each -> each.host().boot(each));
            nemesis.begin();
            operator.begin();
            stranger.begin();
            append();
            world.run(plan.faultsMs());
            nemesis.heal();
            operator.settle();
            stranger.leave();
            appending = false;
            demandProgress();
        }

        private void append() {
            world.after(1_000 * dice.between(5, 100), () -> {
                if (!appending) {
                    return;
                }
                for (QuorumHost each : hosts) {
                    if (each.leads() && dice.chance(plan.appends())) {
                        each.append(values());
                    }
                }
                append();
            });
        }

        private List<List<String>> values() {
            List<List<String>> batches = new ArrayList<>();
            for (int i = dice.below(3); i >= 0; i--) {
                List<String> batch = new ArrayList<>();
                for (int n = dice.below(3); n >= 0; n--) {
                    batch.add("v" + nextValue++);
                }
                batches.add(batch);
            }
            return batches;
        }

        /** Whatever happened before, a quorum that is left alone has a leader soon, and does its work. */
        private void demandProgress() {
            long before = history.committedEnd();
            boolean led = world.runUntil(() -> leader().isPresent() && operator.isSettled(), LEADER_WITHIN_MS);
            Violation.unless(
                    led, "no leader within %d ms, or voters not changed: %s, %s", LEADER_WITHIN_MS, operator, hosts);
            long[] nextTryMs = {0};
            boolean caughtUp = world.runUntil(
                    () -> {
                        if (history.committedEnd() <= before && world.nowMs() >= nextTryMs[0]) {
                            nextTryMs[0] = world.nowMs() + 500;
                            leader().ifPresent(each -> each.append(values()));
                        }
                        return history.committedEnd() > before
                                && hosts.stream().allMatch(each -> each.nextOffset() == history.committedEnd());
                    },
                    CAUGHT_UP_WITHIN_MS);
            Violation.unless(
                    caughtUp,
                    "no progress within %d ms: committed below %d before and %d now, %s",
                    CAUGHT_UP_WITHIN_MS,
                    before,
                    history.committedEnd(),
                    hosts);
            for (QuorumHost each : hosts) {
                Violation.unless(
                        each.chain() == history.chainBelow(history.committedEnd()),
                        "host %d has another content than the others",
                        each.id());
            }
        }

        private Optional<QuorumHost> leader() {
            return hosts.stream()
                    .filter(QuorumHost::leads)
                    .filter(each -> each.raft() != null)
                    .max((a, b) -> Integer.compare(epoch(a), epoch(b)));
        }

        private static int epoch(QuorumHost host) {
            var raft = host.raft();
            return raft == null ? -1 : raft.leaderAndEpoch().epoch();
        }
    }
}
