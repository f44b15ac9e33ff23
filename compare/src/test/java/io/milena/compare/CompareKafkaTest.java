package io.milena.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The shortest form of {@code bin/compare-kafka}. */
@Timeout(240)
class CompareKafkaTest {
    @Test
    void goodRequestsOfEveryVersionAreAnsweredAsByApacheKafka(@TempDir Path directory) {
        // given
        Options shortest = new Options(Options.Depth.GOOD, Set.of(), Path.of("target/compare-kafka.txt"));

        // when
        Report report = new Compare(directory, shortest).run();
        report.write(shortest.report());

        // then
        assertThat(report.differing())
                .as("differences, in " + shortest.report())
                .isEmpty();
    }
}
