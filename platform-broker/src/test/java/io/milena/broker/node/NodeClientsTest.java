package io.milena.broker.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.metadata.config.NodeConfig;
import io.milena.wire.NodeClientConfig;
import io.milena.wire.TlsSettings;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a node's configuration says of the connections it dials. */
class NodeClientsTest {
    private static NodeConfig node(Map<String, String> extra) {
        Map<String, String> all = new HashMap<>(Map.of(
                "process.roles", "broker,controller",
                "node.id", "1",
                "controller.quorum.voters", "1@127.0.0.1:9093",
                "listeners", "SSL://127.0.0.1:9092,CONTROLLER://127.0.0.1:9093",
                "listener.security.protocol.map", "SSL:SSL,CONTROLLER:PLAINTEXT",
                "inter.broker.listener.name", "SSL",
                "controller.listener.names", "CONTROLLER"));
        all.putAll(extra);
        return NodeConfig.of(all);
    }

    @Test
    void dialsTakeAsLongAsConfiguredAndLongerAfterFailures() {
        NodeClients clients = new NodeClients(node(
                Map.of("socket.connection.setup.timeout.ms", "700", "socket.connection.setup.timeout.max.ms", "2500")));

        for (NodeClientConfig client : new NodeClientConfig[] {clients.toBrokers(), clients.toControllers()}) {
            assertThat(client.connectTimeoutMs()).isEqualTo(700);
            assertThat(client.connectTimeoutMaxMs()).isEqualTo(2_500);
        }
    }

    @Test
    void theWorkOfTlsIsDoneByWhomTheConfigurationNames() {
        NodeClients clients = new NodeClients(node(Map.of(
                "ssl.provider", "SunJSSE",
                "ssl.keymanager.algorithm", "NewSunX509",
                "ssl.trustmanager.algorithm", "PKIX",
                "listener.name.ssl.ssl.secure.random.implementation", "SHA1PRNG")));

        TlsSettings tls = clients.toBrokers().tls().orElseThrow();
        assertThat(tls.implementations())
                .isEqualTo(new TlsSettings.Implementations(
                        Optional.of("SunJSSE"),
                        Optional.of("NewSunX509"),
                        Optional.of("PKIX"),
                        Optional.of("SHA1PRNG")));
    }
}
