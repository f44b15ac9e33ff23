package io.milena.metadata.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.milena.metadata.Endpoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeConfigTest {
    static Map<String, String> combined() {
        Map<String, String> map = new HashMap<>();
        map.put("process.roles", "broker,controller");
        map.put("node.id", "1");
        map.put("listeners", "PLAINTEXT://:9092,CONTROLLER://:9093");
        map.put("advertised.listeners", "PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093");
        map.put("controller.listener.names", "CONTROLLER");
        map.put("controller.quorum.bootstrap.servers", "localhost:9093");
        map.put("log.dirs", "/tmp/a,/tmp/b");
        return map;
    }

    private static Map<String, String> with(Map<String, String> base, String... pairs) {
        Map<String, String> map = new HashMap<>(base);
        for (int i = 0; i < pairs.length; i += 2) {
            if (pairs[i + 1] == null) {
                map.remove(pairs[i]);
            } else {
                map.put(pairs[i], pairs[i + 1]);
            }
        }
        return map;
    }

    @Test
    void aCombinedNodeHasEverythingTyped() {
        NodeConfig config = NodeConfig.of(
                with(combined(), "log.retention.hours", "2", "controller.quorum.voters", "1@localhost:9093,2@h:9094"));
        assertThat(config.roles()).containsExactlyInAnyOrder(ProcessRole.BROKER, ProcessRole.CONTROLLER);
        assertThat(config.nodeId()).isEqualTo(1);
        assertThat(config.brokerListeners())
                .containsExactly(new Endpoint("PLAINTEXT", "", 9092, SecurityProtocol.PLAINTEXT));
        assertThat(config.controllerListeners())
                .containsExactly(new Endpoint("CONTROLLER", "", 9093, SecurityProtocol.PLAINTEXT));
        assertThat(config.advertisedListeners()).extracting(Endpoint::host).containsOnly("localhost");
        assertThat(config.quorumVoters())
                .containsExactly(new QuorumVoter(1, "localhost", 9093), new QuorumVoter(2, "h", 9094));
        assertThat(config.quorumBootstrapServers()).containsExactly(new HostAndPort("localhost", 9093));
        assertThat(config.logDirs()).containsExactly(Path.of("/tmp/a"), Path.of("/tmp/b"));
        assertThat(config.metadataLogDir()).isEqualTo(Path.of("/tmp/a"));
        assertThat(config.interBrokerListenerName()).isEqualTo("PLAINTEXT");
        assertThat(config.longOf("log.retention.ms")).isEqualTo(7_200_000L);
        assertThat(config.intOf("num.partitions")).isEqualTo(1);
        assertThat(config.booleanOf("auto.create.topics.enable")).isTrue();
        assertThat(config.intOf("offsets.topic.replication.factor")).isEqualTo(3);
    }

    @Test
    void everythingWrongIsSaidAtOnceWithWhatToDo() {
        assertThatThrownBy(() -> NodeConfig.of(
                        Map.of("process.roles", "brokr", "listeners", "X:/9092", "log.segment.bytes", "abc")))
                .isInstanceOfSatisfying(
                        InvalidNodeConfigException.class,
                        e -> assertThat(e.errors())
                                .hasSize(5)
                                .allSatisfy(line -> assertThat(line)
                                        .contains(": ")
                                        .contains("; ")
                                        .doesNotContain("\n")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "node.id | | node.id: expected a number",
                "controller.quorum.bootstrap.servers | | controller.quorum.voters: a node must know",
                "controller.quorum.bootstrap.servers | localhost | controller.quorum.bootstrap.servers: expected host:port",
                "controller.quorum.voters | 2@h:9093 | controller.quorum.voters: a controller must be one of the voters",
                "controller.quorum.voters | x@h:9093 | controller.quorum.voters: expected id@host:port",
                "controller.listener.names | | controller.listener.names: a node of a KRaft cluster",
                "listeners | CONTROLLER://:9093 | listeners: a broker needs a listener",
                "listeners | PLAINTEXT://:9092,CONTROLLER://:9092 | listeners: each listener needs its own port",
                "listeners | PLAINTEXT://:9092,EXTERNAL://:9094,CONTROLLER://:9093 | listeners: listener EXTERNAL has no security protocol",
                "listener.security.protocol.map | A:B | listener.security.protocol.map: expected NAME:PROTOCOL",
                "inter.broker.listener.name | CONTROLLER | inter.broker.listener.name: brokers must not talk",
                "inter.broker.listener.name | OTHER | inter.broker.listener.name: must be an advertised listener",
                "advertised.listeners | PLAINTEXT://0.0.0.0:9092 | advertised.listeners: clients cannot connect",
                "process.roles | broker | listeners: a node that is only a broker must not listen as a controller",
                "broker.heartbeat.interval.ms | 8000 | broker.heartbeat.interval.ms: must be at most 1/2 of",
                "broker.id | 7 | node.id: must equal broker.id",
                "cordoned.log.dirs | /tmp/c | cordoned.log.dirs: expected directories of log.dirs",
                "group.consumer.session.timeout.ms | 100 | group.consumer.min.session.timeout.ms: must be at most",
            })
    void oneFaultGivesOneLineThatNamesTheKey(String key, String value, String line) {
        assertThatThrownBy(() -> NodeConfig.of(with(combined(), key, value)))
                .isInstanceOf(InvalidNodeConfigException.class)
                .hasMessageContaining(line);
    }

    @Test
    void aBrokerOfItsOwnKnowsTheControllersProtocol() {
        NodeConfig config = NodeConfig.of(with(
                combined(),
                "process.roles",
                "broker",
                "listeners",
                "INTERNAL://localhost:0",
                "advertised.listeners",
                null,
                "inter.broker.listener.name",
                "INTERNAL",
                "listener.security.protocol.map",
                "INTERNAL:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT",
                "listener.name.internal.plain.sasl.jaas.config",
                "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"admin\" password=\"a b\""
                        + " user_admin=\"a b\" user_alice=\"x=\\\"y\";",
                "sasl.enabled.mechanisms",
                "PLAIN"));
        assertThat(config.securityProtocol("CONTROLLER")).isEqualTo(SecurityProtocol.PLAINTEXT);
        assertThat(config.plainUsers("INTERNAL"))
                .containsExactly(Map.entry("admin", "a b"), Map.entry("alice", "x=\"y"));
        assertThat(config.plainCredentials("INTERNAL")).contains(Map.entry("admin", "a b"));
        assertThat(config.saslMechanisms("INTERNAL")).containsExactly("PLAIN");
        assertThat(config.warnings()).isEmpty();
        assertThat(config.controllerListeners()).isEmpty();
    }

    @Test
    void unknownKeysAreKeptAndTheNearestKnownOneIsNamed() {
        NodeConfig config = NodeConfig.of(with(combined(), "num.partitoins", "3", "milena.some.key", "1"));
        assertThat(config.warnings())
                .containsExactly(
                        "Unknown configuration key num.partitoins: it has no effect; did you mean num.partitions?");
        assertThat(config.given()).containsEntry("num.partitoins", "3");
    }

    @Test
    void securitySettingsThatCannotBeKeptStopTheStart() {
        assertRefused(with(combined(), "authorizer.class.name", "a.StandardAuthorizer"), "ACLs are not enforced yet");
        for (String key : List.of(
                "sasl.server.callback.handler.class",
                "listener.name.x.plain.sasl.server.callback.handler.class",
                "sasl.login.class",
                "ssl.engine.factory.class",
                "security.providers",
                "principal.builder.class")) {
            assertRefused(with(combined(), key, "a.Class"), key + ": cannot be kept");
        }
        assertRefused(
                with(combined(), "sasl.mechanism.inter.broker.protocol", "SCRAM-SHA-256"),
                "expected PLAIN, the only SASL mechanism");
    }

    @Test
    void aSaslListenerOffersWhatIsEnabledAndNothingElse() {
        Map<String, String> sasl = with(
                combined(),
                "listener.security.protocol.map",
                "PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT",
                "listener.name.plaintext.plain.sasl.jaas.config",
                "a.PlainLoginModule required user_alice=\"x\";");
        assertRefused(sasl, "can offer PLAIN and no other mechanism; got [GSSAPI]");
        assertRefused(with(sasl, "sasl.enabled.mechanisms", "SCRAM-SHA-256"), "got [SCRAM-SHA-256]");
        assertRefused(with(sasl, "sasl.enabled.mechanisms", "PLAIN,SCRAM-SHA-512"), "got [PLAIN, SCRAM-SHA-512]");
        assertRefused(
                with(
                        sasl,
                        "sasl.enabled.mechanisms",
                        "PLAIN",
                        "listener.name.plaintext.sasl.enabled.mechanisms",
                        "OAUTHBEARER"),
                "listener.name.plaintext.sasl.enabled.mechanisms: listener PLAINTEXT can offer PLAIN");
        assertThat(NodeConfig.of(with(sasl, "sasl.enabled.mechanisms", "PLAIN")).plainUsers("PLAINTEXT"))
                .containsOnlyKeys("alice");
    }

    private static void assertRefused(Map<String, String> properties, String reason) {
        assertThatThrownBy(() -> NodeConfig.of(properties))
                .isInstanceOf(InvalidNodeConfigException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void variablesOfTheImageBecomeKeys() {
        assertThat(NodeConfigSources.environment(Map.of(
                        "KAFKA_NODE_ID", "1",
                        "KAFKA_LISTENER_NAME_A__B_SSL_KEY", "x",
                        "KAFKA_A___B", "y",
                        "KAFKA_HEAP_OPTS", "-Xmx1g",
                        "CLUSTER_ID", "z")))
                .containsExactly(
                        Map.entry("a-b", "y"), Map.entry("listener.name.a_b.ssl.key", "x"), Map.entry("node.id", "1"));
    }

    @Test
    void springsPropertiesAreTakenFromUnderTheirPrefix() {
        assertThat(NodeConfigSources.spring(Map.of("milena.node.num.partitions", "3", "server.port", "1")))
                .containsExactly(Map.entry("num.partitions", "3"));
    }

    @Test
    void aFileIsReadInUtf8(@TempDir Path dir) throws Exception {
        Path file = dir.resolve("server.properties");
        StringBuilder text = new StringBuilder("# comment\n");
        combined()
                .forEach((key, value) ->
                        text.append(key).append(" = ").append(value).append(" \n"));
        Files.writeString(file, text.append("broker.rack=Žižkov\n"));
        assertThat(NodeConfig.fromFile(file).rack()).contains("Žižkov");
    }

    @Test
    void kafkasQuickstartFileIsAcceptedAsItIs() {
        Map<String, String> quickstart = with(
                combined(),
                "inter.broker.listener.name",
                "PLAINTEXT",
                "listener.security.protocol.map",
                "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL",
                "num.network.threads",
                "3",
                "num.io.threads",
                "8",
                "socket.send.buffer.bytes",
                "102400",
                "socket.receive.buffer.bytes",
                "102400",
                "socket.request.max.bytes",
                "104857600",
                "num.recovery.threads.per.data.dir",
                "1",
                "offsets.topic.replication.factor",
                "1",
                "share.coordinator.state.topic.replication.factor",
                "1",
                "share.coordinator.state.topic.min.isr",
                "1",
                "transaction.state.log.replication.factor",
                "1",
                "transaction.state.log.min.isr",
                "1",
                "log.retention.hours",
                "168",
                "log.segment.bytes",
                "1073741824",
                "log.retention.check.interval.ms",
                "300000");
        // It names topics of transactions and share groups, which are not there yet.
        assertThat(NodeConfig.of(quickstart).warnings())
                .containsExactly("Without effect, as what they are about is not there yet:"
                        + " share.coordinator.state.topic.min.isr=1,"
                        + " share.coordinator.state.topic.replication.factor=1, transaction.state.log.min.isr=1,"
                        + " transaction.state.log.replication.factor=1");
    }
}
