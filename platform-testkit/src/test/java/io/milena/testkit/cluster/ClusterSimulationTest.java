package io.milena.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.testkit.sim.SeedRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClusterSimulationTest {
    private static final int SEEDS = Integer.getInteger("milena.simulation.clusterSeeds", 150);

    private final ClusterSimulation simulation = new ClusterSimulation();

    @Test
    void what_was_acknowledged_survives_and_everything_is_whole_again_after_the_trouble() {
        SeedRange.Failure failure = new SeedRange(1, SEEDS).run(simulation, 2);
        assertThat(failure).as(() -> failure.describe()).isNull();
    }

    @ParameterizedTest
    @CsvSource({"3", "8"})
    void the_same_seed_gives_the_same_history(long seed) {
        long hash = simulation.run(seed, false).hash();
        assertThat(simulation.run(seed, true).hash()).isEqualTo(hash);
        assertThat(simulation.run(seed + 1, false).hash()).isNotEqualTo(hash);
    }
}
