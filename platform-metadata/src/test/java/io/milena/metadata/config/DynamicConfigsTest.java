package io.milena.metadata.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is set dynamically must pass what a node's file must pass; the texts are those of Apache Kafka 4.3.1. */
class DynamicConfigsTest {
    private static NodeConfig node(Map<String, String> more) {
        Map<String, String> properties = new HashMap<>(Map.of(
                "node.id", "1",
                "process.roles", "broker,controller",
                "listeners", "PLAINTEXT://:9092,CONTROLLER://:9093",
                "controller.listener.names", "CONTROLLER",
                "controller.quorum.voters", "1@localhost:9093",
                "log.dirs", "/tmp/one,/tmp/two"));
        properties.putAll(more);
        return NodeConfig.of(properties);
    }

    private final BrokerConfigs broker = new BrokerConfigs(node(Map.of()));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "log.retention.ms | 0 | requirement failed: log.retention.ms must be unlimited (-1) or, greater than or equal to 1",
                "log.roll.ms | 0 | requirement failed: log.roll.ms must be greater than or equal to 1",
                "log.roll.jitter.ms | -1 | requirement failed: log.roll.jitter.ms must be greater than or equal to 0",
                "log.cleaner.threads | 0 | Log cleaner threads should be at least 1",
                "log.cleaner.threads | 3 | cannot be increased to more than double the current value 1",
                "log.cleaner.dedupe.buffer.size | 1000000 | must be at least 1MB per cleaner thread.",
                "max.connections.per.ip.overrides | bad | Error parsing configuration property 'max.connections.per.ip.overrides'",
                "max.connections.per.ip.overrides | a:b | Error parsing configuration property",
                "max.connections.per.ip.overrides | no host!:3 | contains invalid addresses : no host!",
                "max.connections.per.ip | 0 | can be set to zero only if max.connections.per.ip.overrides property is set.",
                "num.io.threads | 3 | value should be at least half the current value 8",
                "num.io.threads | 17 | value should not be greater than double the current value 8",
                "num.io.threads | 0 | Value must be at least 1",
                "num.network.threads | 100 | value should not be greater than double the current value 3",
                "num.replica.fetchers | 3 | value should not be greater than double the current value 1",
                "num.network.threads | 7 | value should not be greater than double the current value 3",
                "remote.log.reader.threads | 1 | value should be at least half the current value 10",
                "remote.log.reader.threads | 2147483647 | value should not be greater than double the current value 10",
                "remote.log.manager.follower.thread.pool.size | 5 | value should not be greater than double the current value 2",
                "max.connections | 0 | Invalid max.connections 0",
                "max.connection.creation.rate | 0 | Invalid max.connection.creation.rate 0",
                "group.consumer.assignment.interval.ms | 2147483647 | group.consumer.assignment.interval.ms: must be at most",
                "group.share.assignment.interval.ms | 2147483647 | group.share.assignment.interval.ms: must be at most",
                "listeners | bad | listeners: expected NAME://host:port",
                "listeners | CONTROLLER://:9093 | a broker needs a listener",
                "listeners | OTHER://:9095,CONTROLLER://:9093 | listener OTHER has no security protocol",
                "listeners | SSL://:9095,PLAINTEXT://:9092 | must be among the listeners of a controller",
                "listener.security.protocol.map | bad | expected NAME:PROTOCOL",
                "listener.security.protocol.map | PLAINTEXT:SSL,CONTROLLER:PLAINTEXT | Security protocol cannot be updated for existing listener PLAINTEXT",
                "principal.builder.class | no.such.Class | Class no.such.Class could not be found.",
                "principal.builder.class | '' | could not be found.",
                "ssl.engine.factory.class | no.such.Class | Class no.such.Class could not be found.",
                "metric.reporters | no.such.Class | no.such.Class is no class of a metrics reporter",
                "metric.reporters | java.lang.String | java.lang.String is no class of a metrics reporter",
                "cordoned.log.dirs | /tmp/other | All cordoned log dirs must be entries of log.dirs or log.dir.",
                "log.local.retention.bytes | 5000 | Value must not be more than log.retention.bytes property value: 100",
                "log.segment.bytes | 1 | Value must be at least 1048576",
                "log.cleanup.policy | shred | String must be one of: compact, delete",
                "min.insync.replicas | 0 | Value must be at least 1",
                "node.id | 7 | Cannot update these configs dynamically: [node.id]",
                "num.partitions | 7 | Cannot update these configs dynamically: [num.partitions]",
            })
    void aValueThatAFileMayNotHaveIsRefused(String key, String value, String why) {
        // given
        Map<String, String> before = Map.of("log.retention.bytes", "100");
        Map<String, String> after = new HashMap<>(before);

        // when
        after.put(key, value);

        // then
        assertThatThrownBy(() -> broker.validateChange("1", before, after))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining(why);
    }

    @Test
    void whatIsSetTogetherIsLookedAtTogether() {
        assertThatCode(() -> broker.validateChange(
                        "",
                        Map.of(),
                        Map.of(
                                "max.connections.per.ip", "0",
                                "max.connections.per.ip.overrides", "127.0.0.1:5,::1:6,example.org:7",
                                "log.retention.ms", "-7",
                                "log.roll.ms", "1",
                                "num.io.threads", "16",
                                "log.cleaner.threads", "2",
                                "some.plugins.own", "anything")))
                .doesNotThrowAnyException();
    }

    @Test
    void aListenerThatIsAdvertisedMustStay() {
        // given
        BrokerConfigs two =
                new BrokerConfigs(node(Map.of("listeners", "PLAINTEXT://:9092,SSL://:9094,CONTROLLER://:9093")));

        // when
        Map<String, String> without = Map.of("listeners", "PLAINTEXT://:9092,CONTROLLER://:9093");

        // then
        assertThatThrownBy(() -> two.validateChange("1", Map.of(), without))
                .hasMessageContaining("must be a subset of listeners");
    }

    @Test
    void whatIsSoundIsTaken() {
        assertThatCode(() -> broker.validateChange(
                        "1",
                        Map.of("max.connections", "0"),
                        Map.of(
                                "max.connections", "0",
                                "listeners", "PLAINTEXT://:9092,CONTROLLER://:9093",
                                "metric.reporters", "org.apache.kafka.common.metrics.JmxReporter",
                                "remote.log.manager.follower.thread.pool.size", "4",
                                "principal.builder.class",
                                        "org.apache.kafka.common.security.authenticator.DefaultKafkaPrincipalBuilder")))
                .doesNotThrowAnyException();
    }

    @Test
    void theSameIsRefusedInAFile() {
        for (Map<String, String> bad : java.util.List.of(
                Map.of("log.retention.ms", "0"),
                Map.of("log.retention.hours", "0"),
                Map.of("log.cleaner.threads", "0"),
                Map.of("max.connections.per.ip.overrides", "bad"))) {
            assertThatThrownBy(() -> node(bad))
                    .as(bad.toString())
                    .isInstanceOf(InvalidNodeConfigException.class)
                    .hasMessageContaining(bad.keySet().iterator().next().substring(0, 8));
        }
    }

    @Test
    void thePoolsOfAnotherNodeAreItsOwnAffair() {
        assertThatCode(() -> broker.validateChange("2", Map.of(), Map.of("num.io.threads", "100")))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "client_id=(",
                "client_id",
                "client_id=a=b",
                "anything",
                "version=1",
                "client_source_port=[",
            })
    void aPatternOfAClientMetricsSubscriptionMustBeOne(String match) {
        assertThatThrownBy(() -> ClientMetricsSubscriptions.validate(Map.of("match", match)))
                .isInstanceOf(InvalidConfigurationException.class)
                .hasMessage("Illegal client matching pattern: " + match);
    }

    @Test
    void soundPatternsAreTaken() {
        ClientMetricsSubscriptions.validate(Map.of("match", "client_id=a.*, client_software_version = 11\\.1.*"));
        assertThatThrownBy(() -> ClientMetricsSubscriptions.validate(Map.of("interval.ms", "99")))
                .hasMessage("Invalid value 99 for interval.ms, interval must be between 100 and 3600000 (1 hour)");
        assertThat(ClientMetricsSubscriptions.describe("x", io.milena.metadata.ConfigurationsImage.EMPTY))
                .isNotEmpty()
                .allSatisfy(each -> assertThat(each.synonyms()).isEmpty());
    }
}
