package io.milena.bench.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.demo.load.GeneratedOrders;
import io.milena.testkit.process.Engine;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A short one of {@code bin/flow-chaos}: services, brokers and controllers as processes, killed while orders run. */
class FlowChaosTest {

    @TempDir
    Path directory;

    @Test
    void kills_of_services_brokers_and_controllers_lose_and_double_nothing() {
        FlowProcesses.Plan plan = new FlowProcesses.Plan(Engine.milena(), 3, false, directory, List.of());
        try (FlowProcesses flow = new FlowProcesses(plan)) {
            FlowChaos.Result result = new FlowChaos(
                            flow,
                            new GeneratedOrders(42, "T", 300, 0.05),
                            new FlowChaos.Setting(5, 4, 42),
                            new PrintStream(System.out, true, StandardCharsets.UTF_8))
                    .run();

            assertThat(result.complaints()).isEmpty();
            assertThat(result.kills().count()).isPositive();
            assertThat(result.table().orders().get("SHIPPED")).isPositive();
            assertThat(result.poison()).isEqualTo(4);
        }
    }
}
