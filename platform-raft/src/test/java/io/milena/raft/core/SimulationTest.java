package io.milena.raft.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SimulationTest {
    private static final SimCluster.Faults BAD = new SimCluster.Faults(0.1, 0.05, 60, 0.01, 0.05);

    @Test
    void a_lone_voter_leads_at_its_first_step() {
        SimCluster cluster = new SimCluster(1, 1, 0);
        assertThat(cluster.nodes.get(1).core.isLeader()).isTrue();
        assertThat(cluster.nodes.get(1).core.epoch()).isEqualTo(1);
        assertThat(cluster.nodes.get(1).core.highWatermark()).isEqualTo(1);
    }

    @Test
    void three_voters_elect_a_leader_and_commit_on_all() {
        SimCluster cluster = new SimCluster(7, 3, 2);
        cluster.run(5_000, true);
        assertThat(cluster.leader()).isPresent();
        cluster.run(2_000, false);
        long end = cluster.leader().orElseThrow().log.endOffset();
        assertThat(end).isGreaterThan(10);
        assertThat(cluster.nodes.values())
                .allSatisfy(node -> assertThat(node.hw).isEqualTo(end));
    }

    @Test
    void a_killed_leader_is_replaced_well_before_the_fetch_time_out() {
        SimCluster cluster = new SimCluster(11, 3, 0);
        cluster.run(5_000, true);
        SimCluster.Node old = cluster.leader().orElseThrow();
        old.crash();
        long before = cluster.nowMs;
        while (cluster.leader().isEmpty() && cluster.nowMs < before + 5_000) {
            cluster.run(20, false);
        }
        assertThat(cluster.nowMs - before).isLessThan(1_500);
    }

    @ParameterizedTest
    @CsvSource({"1,1", "3,0", "3,2", "5,1"})
    void safety_holds_under_faults_and_progress_returns_after_them(int voters, int observers) {
        int seeds = Integer.getInteger("milena.raft.seeds", 60);
        for (long seed = 1; seed <= seeds; seed++) {
            SimCluster cluster = new SimCluster(seed, voters, observers);
            try {
                cluster.faults = BAD;
                cluster.run(20_000, true);
                cluster.heal();
                cluster.run(15_000, false);
                SimCluster.Node leader = cluster.leader().orElseThrow(() -> new AssertionError("no leader"));
                long before = leader.hw;
                leader.propose();
                leader.log.flush();
                leader.feed(new Event.LogChanged(leader.log.endOffset()));
                cluster.run(10_000, false);
                assertThat(leader.hw).as("progress").isGreaterThan(before);
                assertThat(cluster.nodes.values())
                        .allSatisfy(node ->
                                assertThat(node.hw).as("node " + node.id).isEqualTo(leader.hw));
            } catch (Throwable failure) {
                throw new AssertionError(
                        "seed " + seed + ", voters " + voters + ", observers " + observers + ": " + failure + "\n"
                                + cluster.trace.substring(Math.max(0, cluster.trace.length() - 3_000)),
                        failure);
            }
        }
    }

    @Test
    void the_same_seed_gives_the_same_history() {
        long first = hashOf(99);
        assertThat(hashOf(99)).isEqualTo(first);
        assertThat(hashOf(100)).isNotEqualTo(first);
    }

    private static long hashOf(long seed) {
        SimCluster cluster = new SimCluster(seed, 3, 1);
        cluster.faults = BAD;
        cluster.run(10_000, true);
        return cluster.traceHash;
    }
}
