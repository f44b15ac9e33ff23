package io.milena.testkit.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.testkit.process.ProcessCluster;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A short {@code bin/chaos}: real processes, real kills, few rounds. */
@Timeout(150)
class ChaosTest {
    private static final long SEED = 20;

    @TempDir
    Path directory;

    @Test
    void combinedNodesLoseNothingWhateverHappensToOneOrAllOfThem() throws Exception {
        List<TargetedFault> faults = List.of(
                new TargetedFault(Victim.ALL, Fault.KILL),
                new TargetedFault(Victim.CONTROLLER_LEADER, Fault.KILL),
                new TargetedFault(Victim.PARTITION_LEADER, Fault.CUT_ONE_WAY));
        try (ProcessCluster cluster = ProcessCluster.in(directory)
                .combined(3)
                .settings(ChaosRun.SETTINGS)
                .cuttable()
                .create()) {
            cluster.start();
            ChaosRun run = new ChaosRun(cluster, SEED, faults, faults.size(), outcome -> {}).run();
            assertThat(run.violations()).isEmpty();
            assertThat(run.outcomes()).extracting(Outcome::injected).containsExactlyInAnyOrderElementsOf(faults);
            assertThat(run.acknowledgements()).as("records acknowledged").isGreaterThan(500);
            assertThat(run.commits()).as("commits answered").isPositive();
        }
    }
}
