package io.milena.testkit.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.testkit.process.Engine;
import io.milena.testkit.process.ProcessCluster;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Some seconds of {@code bin/hostile}; {@code bin/hostile --minutes 10} is the long form. */
class HostileTest {
    @Test
    void aNodeWithASmallHeapOutlivesAHostileClient(@TempDir Path directory) throws Exception {
        try (ProcessCluster cluster = ProcessCluster.in(directory.resolve("cluster"))
                .engine(Engine.milena().withHeapMb(256))
                .combined(1)
                .create()) {
            Attackers.Plan plan = new Attackers.Plan(7, Duration.ofSeconds(10), 2, "");
            assertThat(new HostileRun(cluster, directory, plan, System.out).run())
                    .isEmpty();
        }
    }
}
