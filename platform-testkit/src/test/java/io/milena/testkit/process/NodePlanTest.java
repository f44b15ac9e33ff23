package io.milena.testkit.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NodePlanTest {
    private static final List<NodePlan> NODES = List.of(
            new NodePlan(1, Role.CONTROLLER, Engine.milena(), 0, 0, 20_001),
            new NodePlan(2, Role.COMBINED, Engine.milena(), 20_002, 20_003, 20_004),
            new NodePlan(3, Role.BROKER, Engine.milena(), 20_005, 20_006, 0));

    @Test
    void whatCanBeCutIsAdvertisedByNamesThatLeadThroughTheNetwork() {
        for (NodePlan node : NODES) {
            Map<String, String> properties = node.properties(NODES, Path.of("somewhere"), true, Map.of());
            assertThat(properties.get("controller.quorum.voters")).isEqualTo("1@node-1:20001,2@node-2:20004");
            assertThat(properties.get("advertised.listeners").split(","))
                    .hasSameSizeAs(properties.get("listeners").split(","))
                    .allMatch(each -> each.contains("://node-" + node.id() + ":")
                            || each.contains("://" + Network.clientAddress(node.id()) + ":"));
        }
    }

    @Test
    void withoutANetworkToCutEverybodyIsOn127001() {
        NodePlan broker = new NodePlan(3, Role.BROKER, Engine.milena(), 20_005, 0, 0);
        Map<String, String> properties = broker.properties(NODES, Path.of("somewhere"), false, Map.of());
        assertThat(Arrays.asList(properties.get("advertised.listeners"), properties.get("controller.quorum.voters")))
                .containsExactly("PLAINTEXT://127.0.0.1:20005", "1@127.0.0.1:20001,2@127.0.0.1:20004");
        assertThat(broker.clientAddress()).isEqualTo("127.0.0.1:20005");
    }
}
