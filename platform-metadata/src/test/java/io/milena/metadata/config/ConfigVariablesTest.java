package io.milena.metadata.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.config.provider.FileConfigProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigVariablesTest {
    @TempDir
    private Path directory;

    private Map<String, String> properties(String rack) throws Exception {
        Path secrets = Files.writeString(directory.resolve("secrets.properties"), "rack=r1\n");
        Map<String, String> properties = new HashMap<>(Map.of(
                "node.id", "1",
                "process.roles", "broker,controller",
                "listeners", "PLAINTEXT://:9092,CONTROLLER://:9093",
                "controller.listener.names", "CONTROLLER",
                "controller.quorum.voters", "1@localhost:9093",
                "config.providers", "file",
                "config.providers.file.class", FileConfigProvider.class.getName()));
        properties.put("broker.rack", rack.formatted(secrets));
        return properties;
    }

    @Test
    void aValueOfAFileIsWhatItsProviderSays() throws Exception {
        // when
        NodeConfig node = NodeConfig.of(properties("${file:%s:rack}"));

        // then
        assertThat(node.rack()).contains("r1");
        assertThat(node.given()).containsEntry("broker.rack", "r1");
    }

    @Test
    void withoutProvidersAValueIsWhatItIs() throws Exception {
        // given
        Map<String, String> properties = properties("${file:%s:rack}");
        properties.keySet().removeIf(each -> each.startsWith("config.providers"));

        // when / then
        assertThat(NodeConfig.of(properties).rack())
                .hasValueSatisfying(rack -> assertThat(rack).startsWith("${file:"));
    }

    @Test
    void aProviderThatIsNoneIsNamed() throws Exception {
        // given
        Map<String, String> properties = properties("r2");
        properties.put("config.providers.file.class", "no.such.Provider");

        // when / then
        assertThatThrownBy(() -> NodeConfig.of(properties))
                .isInstanceOf(InvalidNodeConfigException.class)
                .hasMessageContaining("config.providers")
                .hasMessageContaining("no.such.Provider");
    }

    @Test
    void whatClientsSetIsNotLookedUpAnywhere() throws Exception {
        // given
        Map<String, String> properties = properties("r2");
        BrokerConfigs broker = new BrokerConfigs(NodeConfig.of(properties));
        String variable = properties("${file:%s:rack}").get("broker.rack");

        // when / then
        assertThatThrownBy(() -> broker.validateChange("1", Map.of(), Map.of("listeners", variable)))
                .hasMessageContaining("${file:")
                .hasMessageNotContaining("r1");
    }
}
