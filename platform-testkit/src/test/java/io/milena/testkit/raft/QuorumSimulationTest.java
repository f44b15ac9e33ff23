package io.milena.testkit.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.testkit.sim.SeedRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuorumSimulationTest {
    private static final int SEEDS = Integer.getInteger("milena.simulation.seeds", 1_000);

    private final QuorumSimulation simulation = new QuorumSimulation();

    @Test
    void safety_holds_under_faults_and_progress_returns_after_them() {
        SeedRange.Failure failure = new SeedRange(1, SEEDS).run(simulation, 2);
        assertThat(failure).as(() -> failure.describe()).isNull();
    }

    @ParameterizedTest
    @CsvSource({"1", "5", "99"})
    void the_same_seed_gives_the_same_history(long seed) {
        long hash = simulation.run(seed, false).hash();
        assertThat(simulation.run(seed, true).hash()).isEqualTo(hash);
        assertThat(simulation.run(seed + 1, false).hash()).isNotEqualTo(hash);
    }
}
