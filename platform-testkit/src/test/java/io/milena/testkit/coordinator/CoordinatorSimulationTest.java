package io.milena.testkit.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.testkit.sim.SeedRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CoordinatorSimulationTest {
    private static final int SEEDS = Integer.getInteger("milena.simulation.coordinatorSeeds", 40);

    private final CoordinatorSimulation simulation = new CoordinatorSimulation();

    @Test
    void whatGroupsAreToldHoldsAndEveryGroupIsStableAgainAfterTheTrouble() {
        SeedRange.Failure failure = new SeedRange(1, SEEDS).run(simulation, 2);
        assertThat(failure).as(() -> failure.describe()).isNull();
    }

    @ParameterizedTest
    @ValueSource(longs = {3, 8})
    void theSameSeedGivesTheSameHistory(long seed) {
        long hash = simulation.run(seed, false).hash();
        assertThat(simulation.run(seed, true).hash()).isEqualTo(hash);
        assertThat(simulation.run(seed + 1, false).hash()).isNotEqualTo(hash);
    }
}
