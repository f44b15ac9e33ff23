package io.milena.broker.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.metadata.config.NodeConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContainerMainTest {
    @TempDir
    Path directory;

    @Test
    void withoutAnyConfigurationItIsASingleNode() {
        NodeConfig config = NodeConfig.of(ContainerMain.properties(
                directory.resolve("none"), Map.of("KAFKA_HEAP_OPTS", "-Xmx1g", "PATH", "/bin")));
        assertThat(config.isBroker() && config.isController()).isTrue();
        assertThat(config.logDirs()).containsExactly(Path.of("/var/lib/kafka/data"));
    }

    @Test
    void variablesStandAboveTheMountedFileAndNeedNoDefaults() throws Exception {
        Path file = Files.writeString(
                directory.resolve("server.properties"), "node.id=7\nlog.dirs=/data/a\nprocess.roles=broker\n");
        Map<String, String> properties = ContainerMain.properties(
                file, Map.of("KAFKA_NODE_ID", "8", "KAFKA_CONTROLLER_QUORUM_VOTERS", "1@controller-1:9093"));
        assertThat(properties)
                .containsEntry("node.id", "8")
                .containsEntry("log.dirs", "/data/a")
                .containsEntry("controller.quorum.voters", "1@controller-1:9093")
                .doesNotContainKey("listeners");
    }
}
