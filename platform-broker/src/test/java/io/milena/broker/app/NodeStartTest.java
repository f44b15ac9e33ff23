package io.milena.broker.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.metadata.config.NodeConfig;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a process does around its node. */
class NodeStartTest {
    @Test
    void theHttpSideIsForThisMachineUnlessItIsToldOtherwise() {
        // given a configuration that does not speak of it, then loopback
        assertThat(NodeApplication.defaults(config(Map.of()))).containsEntry("server.address", "127.0.0.1");

        // given one that does, then what it says
        assertThat(NodeApplication.defaults(config(Map.of("milena.spring.server.address", "0.0.0.0"))))
                .containsEntry("server.address", "0.0.0.0");
    }

    @Test
    void anArchiveThatIsMissingIsMadeByAProcessOfItsOwnAtTheLowestPriority() {
        // given what the launcher says if the archive is missing
        Map<String, String> environment = Map.of(ClassArchive.VARIABLE, "hosted\n/tmp/a b.jsa\na.jar:b.jar\n-Xss512k");

        // then
        assertThat(ClassArchive.command(environment, "/milena"))
                .containsExactly(
                        "nice",
                        "-n",
                        "19",
                        "/milena/bin/lib/archive",
                        "hosted",
                        "/tmp/a b.jsa",
                        "a.jar:b.jar",
                        "-Xss512k");
    }

    @Test
    void anArchiveThatIsThereIsNotMadeAgain() {
        assertThat(ClassArchive.command(Map.of(), "/milena")).isEqualTo(List.of());
    }

    private static NodeConfig config(Map<String, String> more) {
        Map<String, String> properties = new HashMap<>(Map.of(
                "process.roles", "broker,controller",
                "node.id", "1",
                "controller.quorum.voters", "1@127.0.0.1:9093",
                "listeners", "PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.1:9093",
                "controller.listener.names", "CONTROLLER",
                "log.dirs", "/tmp/none"));
        properties.putAll(more);
        return NodeConfig.of(properties);
    }
}
