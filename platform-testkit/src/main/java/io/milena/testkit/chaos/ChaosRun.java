package io.milena.testkit.chaos;

import io.milena.testkit.process.Await;
import io.milena.testkit.process.NodeProcess;
import io.milena.testkit.process.ProcessCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Rounds of faults to a running cluster under load, each followed by checks; it ends early at the first round after which something does
 * not hold. The same seed strikes the same roles in the same order; which node has a role, and what else happens at that moment, the
 * machine says.
 */
public final class ChaosRun {
    /** Sessions shorter than Kafka's defaults (9 s, 30 s), so that rounds are short; each commit can be read before it is compacted. */
    public static final Map<String, String> SETTINGS = Map.of(
            "broker.session.timeout.ms", "3000",
            "broker.heartbeat.interval.ms", "500",
            "replica.lag.time.max.ms", "3000",
            "log.cleaner.min.compaction.lag.ms", "120000",
            "auto.create.topics.enable", "false");

    /** How long a node stays paused or cut off: a session, and a third more. */
    private static final long HOLD_MS = 4_000;

    private static final Duration RECOVERY = Duration.ofSeconds(60);

    private final ProcessCluster cluster;
    private final long seed;
    private final List<TargetedFault> faults;
    private final Consumer<Outcome> progress;
    private final Violations violations = new Violations();
    private final List<Outcome> outcomes = new ArrayList<>();
    private long acknowledgements;
    private long commits;

    /**
     * @param cluster with a network that can be cut; it serves
     * @param choice the faults to choose from
     * @param progress is told of each round as it ends
     */
    public ChaosRun(
            ProcessCluster cluster, long seed, List<TargetedFault> choice, int rounds, Consumer<Outcome> progress) {
        this.cluster = cluster;
        this.seed = seed;
        this.faults = TargetedFault.schedule(choice, rounds, new Random(seed));
        this.progress = progress;
    }

    /** Runs all rounds and the checks of the end; afterwards the cluster is stopped, unless something did not hold. */
    public ChaosRun run() throws Exception {
        try (ClusterView view = new ClusterView(cluster);
                Load load = new Load(cluster, violations)) {
            Replicas replicas = new Replicas(cluster);
            for (int round = 1; round <= faults.size() && violations.isEmpty(); round++) {
                Outcome outcome = round(round, view, load, replicas);
                outcomes.add(outcome);
                progress.accept(outcome);
            }
            if (violations.isEmpty()) {
                end(view, load, replicas);
            }
            acknowledgements = load.acknowledgements();
            commits = load.commits();
        }
        if (violations.isEmpty()) {
            DumpLog.complaints(new Replicas(cluster).data()).forEach(violations::add);
        }
        return this;
    }

    private Outcome round(int round, ClusterView view, Load load, Replicas replicas) throws Exception {
        Random dice = new Random(seed * 31 + round);
        TargetedFault injected = faults.get(round - 1);
        List<NodeProcess> nodes = victims(view, injected.victim(), dice);
        load.produceGaps().begin();
        load.metadataGaps().begin();
        long begin = System.nanoTime();
        try {
            new FaultInjection(cluster, load, HOLD_MS).inject(nodes, injected.fault(), dice);
            awaitRecovery(view, load);
        } catch (IllegalStateException notWell) {
            violations.add(
                    "Round " + round + ", " + injected + " on nodes " + ids(nodes) + ": " + notWell.getMessage());
        }
        long end = System.nanoTime();
        if (violations.isEmpty()) {
            compare(view, replicas);
        }
        return new Outcome(
                round,
                injected,
                ids(nodes),
                load.produceGaps().longestMs(end),
                load.metadataGaps().longestMs(end),
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin));
    }

    private static List<NodeProcess> victims(ClusterView view, Victim victim, Random dice) {
        List<NodeProcess> found = new ArrayList<>();
        Await.until("the cluster tells who is " + victim, RECOVERY, () -> {
            found.addAll(view.find(victim, Load.TOPIC, Load.CLASSIC_GROUP, dice));
            return true;
        });
        return found;
    }

    private static List<Integer> ids(List<NodeProcess> nodes) {
        return nodes.stream().map(NodeProcess::id).toList();
    }

    /** Records are acknowledged, the metadata changes, all replicas and voters are there, readers and groups have come so far. */
    private void awaitRecovery(ClusterView view, Load load) throws Exception {
        long moment = System.nanoTime();
        Await.nothingMissing(RECOVERY, () -> load.notSince(moment));
        long metadata = highWatermark(view);
        Await.nothingMissing(RECOVERY, view::notInSync);
        Await.nothingMissing(RECOVERY, () -> view.lagging(metadata));
        load.awaitCaughtUp(RECOVERY);
    }

    private static long highWatermark(ClusterView view) {
        long[] found = {0};
        Await.until("the controllers tell of their log", RECOVERY, () -> {
            found[0] = view.quorum().highWatermark();
            return true;
        });
        return found[0];
    }

    private void compare(ClusterView view, Replicas replicas) {
        try {
            Await.nothingMissing(RECOVERY, () -> {
                Map<TopicPartition, Long> highWatermarks = view.highWatermarks();
                return replicas.compare(highWatermarks);
            });
        } catch (IllegalStateException differs) {
            violations.add(String.valueOf(differs.getMessage()));
        }
    }

    private void end(ClusterView view, Load load, Replicas replicas) {
        try {
            load.finish(RECOVERY);
            Await.nothingMissing(RECOVERY, view::notInSync);
            Await.nothingMissing(RECOVERY, () -> replicas.compareAll(view.highWatermarks()));
            long metadata = highWatermark(view);
            Await.nothingMissing(RECOVERY, () -> view.lagging(metadata));
            load.close();
            cluster.stop(RECOVERY);
            String difference = replicas.compareMetadata(metadata);
            if (difference != null) {
                violations.add(difference);
            }
        } catch (Exception notWell) {
            violations.add("At the end: " + notWell.getMessage());
        }
    }

    public List<Outcome> outcomes() {
        return List.copyOf(outcomes);
    }

    /** What did not hold; empty if everything did. */
    public List<String> violations() {
        return violations.found();
    }

    /** How many records were acknowledged. */
    public long acknowledgements() {
        return acknowledgements;
    }

    /** How many commits of offsets were answered. */
    public long commits() {
        return commits;
    }
}
