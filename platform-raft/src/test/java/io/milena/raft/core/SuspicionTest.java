package io.milena.raft.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How fast a dead leader is replaced, and that a broken connection alone replaces nobody. */
class SuspicionTest {
    private static final int SEEDS = 200;

    @Test
    void a_killed_leader_is_replaced_within_a_tenth_of_a_second() {
        List<Long> times = new ArrayList<>();
        for (long seed = 1; seed <= SEEDS; seed++) {
            SimCluster cluster = settled(seed, 3, 1);
            cluster.leader().orElseThrow().crash();
            long before = cluster.nowMs;
            while (cluster.leader().isEmpty() && cluster.nowMs < before + 5_000) {
                cluster.run(1, true);
            }
            times.add(cluster.nowMs - before);
        }
        Collections.sort(times);
        assertThat(times.get(SEEDS / 2)).as("median, ms").isLessThan(60);
        assertThat(times.get(SEEDS * 99 / 100)).as("99th percentile, ms").isLessThan(500);
    }

    @Test
    void an_observer_finds_the_new_leader_soon() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            SimCluster cluster = settled(seed, 3, 1);
            SimCluster.Node observer = cluster.nodes.get(4);
            cluster.leader().orElseThrow().crash();
            int epoch = observer.core.epoch();
            long before = cluster.nowMs;
            while ((observer.core.leader().isEmpty() || observer.core.epoch() == epoch)
                    && cluster.nowMs < before + 5_000) {
                cluster.run(1, true);
            }
            assertThat(cluster.nowMs - before).as("seed " + seed + ", ms").isLessThan(1_000);
        }
    }

    @Test
    void connections_that_break_every_second_move_no_leadership() {
        for (long seed = 1; seed <= 50; seed++) {
            SimCluster cluster = settled(seed, 3, 1);
            SimCluster.Node leader = cluster.leader().orElseThrow();
            int epoch = leader.core.epoch();
            for (int i = 0; i < 30; i++) {
                cluster.run(1_000, true);
                cluster.nodes.values().forEach(SimCluster.Node::breakConnections);
            }
            cluster.run(3_000, true);
            assertThat(cluster.nodes.values())
                    .as("seed " + seed)
                    .allSatisfy(node -> assertThat(node.core.epoch()).isEqualTo(epoch));
            assertThat(cluster.leader().orElseThrow().id).isEqualTo(leader.id);
        }
    }

    @Test
    void a_voter_that_alone_cannot_reach_the_leader_moves_no_leadership() {
        SimCluster cluster = settled(3, 3, 0);
        SimCluster.Node leader = cluster.leader().orElseThrow();
        int epoch = leader.core.epoch();
        SimCluster.Node refused = cluster.nodes.values().stream()
                .filter(node -> node.id != leader.id)
                .findFirst()
                .orElseThrow();
        cluster.refusing.add(List.of(refused.id, leader.id));
        leader.breakConnections();
        cluster.run(20_000, true);
        assertThat(leader.core.isLeader()).isTrue();
        assertThat(leader.core.epoch()).isEqualTo(epoch);
    }

    private static SimCluster settled(long seed, int voters, int observers) {
        SimCluster cluster = new SimCluster(seed, voters, observers);
        cluster.run(8_000, true);
        assertThat(cluster.leader()).isPresent();
        return cluster;
    }
}
