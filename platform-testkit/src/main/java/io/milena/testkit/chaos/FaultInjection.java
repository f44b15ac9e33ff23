package io.milena.testkit.chaos;

import io.milena.testkit.process.Await;
import io.milena.testkit.process.Network;
import io.milena.testkit.process.NodeProcess;
import io.milena.testkit.process.ProcessCluster;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** Carries out one fault on nodes and takes it back. */
final class FaultInjection {
    private static final Duration STOP = Duration.ofSeconds(60);
    private static final Duration GO_ON = Duration.ofSeconds(60);

    private final ProcessCluster cluster;
    private final Load load;
    private final long holdMs;

    /** @param holdMs how long a node stays paused or cut off at least: longer than its sessions */
    FaultInjection(ProcessCluster cluster, Load load, long holdMs) {
        this.cluster = cluster;
        this.load = load;
        this.holdMs = holdMs;
    }

    /** Returns when the fault is taken back: the processes run and the network is whole, though nothing need serve yet. */
    void inject(List<NodeProcess> nodes, Fault fault, Random dice) {
        switch (fault) {
            case KILL -> {
                nodes.forEach(NodeProcess::killAtOnce);
                nodes.forEach(NodeProcess::kill);
                startAgain(nodes);
            }
            case STOP -> {
                stop(nodes);
                startAgain(nodes);
            }
            case PAUSE -> {
                load.replacedCoordinatorsMayAnswer();
                nodes.forEach(NodeProcess::pause);
                hold(nodes);
                nodes.forEach(NodeProcess::resume);
                load.coordinatorsHearOfEachOther();
            }
            case CUT -> {
                load.replacedCoordinatorsMayAnswer();
                nodes.forEach(node -> cluster.network().cut(node.id()));
                hold(nodes);
                cluster.network().heal();
                load.coordinatorsHearOfEachOther();
            }
            case CUT_ONE_WAY -> {
                load.replacedCoordinatorsMayAnswer();
                cutOneWay(nodes, dice);
                hold(nodes);
                cluster.network().heal();
                load.coordinatorsHearOfEachOther();
            }
        }
    }

    /** Longer than a session, and until the others go on without it; when it comes back it is one of yesterday. */
    private void hold(List<NodeProcess> nodes) {
        long wellIntoIt = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(holdMs / 2);
        Await.pause(holdMs);
        awaitOthers(nodes, wellIntoIt);
    }

    private void startAgain(List<NodeProcess> nodes) {
        awaitOthers(nodes, System.nanoTime());
        nodes.forEach(NodeProcess::start);
    }

    /** One that is away is missed until the others go on without it; if all are away there is nobody to go on. */
    private void awaitOthers(List<NodeProcess> away, long sinceNs) {
        if (away.size() < cluster.nodes().size()) {
            Await.nothingMissing(GO_ON, () -> load.notSince(sinceNs));
        }
    }

    private void stop(List<NodeProcess> nodes) {
        if (nodes.size() == cluster.nodes().size()) {
            // A broker hands over its partitions with the controllers' help: they go last.
            cluster.stop(STOP);
        } else {
            nodes.forEach(node -> node.stop(STOP));
        }
    }

    private void cutOneWay(List<NodeProcess> nodes, Random dice) {
        Network network = cluster.network();
        if (nodes.size() == 1) {
            if (dice.nextBoolean()) {
                network.cutIncoming(nodes.get(0).id());
            } else {
                network.cutOutgoing(nodes.get(0).id());
            }
            return;
        }
        for (NodeProcess one : nodes) {
            for (NodeProcess other : nodes) {
                if (one.id() < other.id()) {
                    boolean forth = dice.nextBoolean();
                    network.cutOneWay(forth ? one.id() : other.id(), forth ? other.id() : one.id());
                }
            }
        }
    }
}
