package io.milena.controller.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.metadata.config.NodeConfig;
import java.util.Map;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;

class NodeConfigRulesTest {
    @Test
    void theDefaultOfABrokersKeyIsKafkasWhateverThisNodeIsConfiguredTo() {
        NodeConfigRules rules = new NodeConfigRules(NodeConfig.of(Map.of(
                "node.id", "1",
                "process.roles", "controller",
                "listeners", "CONTROLLER://:9093",
                "controller.listener.names", "CONTROLLER",
                "controller.quorum.voters", "1@localhost:9093",
                "log.dirs", "/tmp/none",
                "log.cleanup.policy", "compact")));

        assertThat(rules.keyDefault(ConfigResource.Type.BROKER, "log.cleanup.policy"))
                .isEqualTo("delete");
        assertThat(rules.keyDefault(ConfigResource.Type.BROKER, "no.such.key")).isNull();
    }
}
