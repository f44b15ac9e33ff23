package io.milena.metadata.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.coordinator.group.GroupConfig;
import org.apache.kafka.server.config.AbstractKafkaConfig;
import org.apache.kafka.server.config.DynamicBrokerConfig;
import org.apache.kafka.server.config.DynamicConfig;
import org.apache.kafka.server.config.ServerTopicConfigSynonyms;
import org.apache.kafka.server.metrics.ClientMetricsConfigs;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.junit.jupiter.api.Test;

/** Our definitions against those in Apache Kafka's jars: names, types, defaults, constraints, what is dynamic. */
class ConfigDefinitionsOracleTest {
    /** What we lack on purpose: nothing. */
    private static final Set<String> LACKING = Set.of();

    private static final String OURS = "milena.";

    /** Quotas of replication are dynamic configurations of brokers without being static ones. */
    private static final Set<String> DYNAMIC_ONLY = Set.of(
            "leader.replication.throttled.rate",
            "follower.replication.throttled.rate",
            "replica.alter.log.dirs.io.max.bytes.per.second");

    @Test
    void nodesHaveKafkasKeys() {
        compare(ConfigScope.NODE, AbstractKafkaConfig.CONFIG_DEF, DYNAMIC_ONLY);
    }

    @Test
    void topicsHaveKafkasKeys() {
        compare(ConfigScope.TOPIC, LogConfig.configDefCopy(), Set.of());
    }

    @Test
    void groupsHaveKafkasKeys() {
        compare(ConfigScope.GROUP, GroupConfig.CONFIG_DEF, Set.of());
    }

    @Test
    void clientMetricsHaveKafkasKeys() {
        compare(ConfigScope.CLIENT_METRICS, ClientMetricsConfigs.configDef(), Set.of());
    }

    private static void compare(ConfigScope scope, ConfigDef theirs, Set<String> ours) {
        Set<String> names = new TreeSet<>(theirs.names());
        names.removeAll(LACKING);
        names.addAll(ours);
        assertThat(ConfigDefinitions.of(scope).stream()
                        .map(ConfigDefinition::name)
                        .filter(name -> !name.startsWith(OURS)))
                .containsExactlyElementsOf(names);
        for (ConfigDef.ConfigKey key : theirs.configKeys().values()) {
            ConfigDefinition definition = ConfigDefinitions.get(scope, key.name);
            assertThat(definition.type()).as(key.name).isEqualTo(key.type);
            assertThat(definition.importance()).as(key.name).isEqualTo(key.importance);
            assertThat(definition.internal()).as(key.name).isEqualTo(key.internalConfig);
            assertThat(definition.required()).as(key.name).isEqualTo(!key.hasDefault());
            if (key.hasDefault()) {
                assertThat(definition.defaultValue())
                        .as(key.name)
                        .isEqualTo(ConfigDef.convertToString(key.defaultValue, key.type));
            }
        }
    }

    @Test
    void valuesAreRefusedAsKafkaRefusesThem() {
        List<String> differences = new ArrayList<>();
        compareMessages(ConfigScope.NODE, AbstractKafkaConfig.CONFIG_DEF, differences);
        compareMessages(ConfigScope.TOPIC, LogConfig.configDefCopy(), differences);
        compareMessages(ConfigScope.GROUP, GroupConfig.CONFIG_DEF, differences);
        assertThat(differences).isEmpty();
    }

    private static void compareMessages(ConfigScope scope, ConfigDef theirs, List<String> differences) {
        for (ConfigDef.ConfigKey key : theirs.configKeys().values()) {
            // Whether a class exists is not asked before it is needed, and the quorum is checked by NodeConfig.
            if (key.type == ConfigDef.Type.CLASS
                    || key.name.startsWith("controller.quorum.voters")
                    || key.name.startsWith("controller.quorum.bootstrap")) {
                continue;
            }
            for (String value :
                    List.of("-3", "0", "1", "99999999999", "0.7", "abc", "a,b", "a,a", "", "delete", "true")) {
                String expected = outcome(() -> {
                    Object parsed = ConfigDef.parseType(key.name, value, key.type);
                    if (key.validator != null) {
                        key.validator.ensureValid(key.name, parsed);
                    }
                });
                String actual =
                        outcome(() -> ConfigDefinitions.get(scope, key.name).parse(value));
                if (!expected.equals(actual)) {
                    differences.add(key.name + "=" + value + ": expected " + expected + " but " + actual);
                }
            }
        }
    }

    private static String outcome(Runnable check) {
        try {
            check.run();
            return "accepted";
        } catch (ConfigException e) {
            return e.getMessage();
        }
    }

    @Test
    void theSameKeysAreDynamic() {
        Map<String, String> modes = DynamicBrokerConfig.dynamicConfigUpdateModes();
        for (ConfigDefinition definition : ConfigDefinitions.of(ConfigScope.NODE)) {
            if (!DYNAMIC_ONLY.contains(definition.name())) {
                String mode = modes.getOrDefault(definition.name(), "read-only");
                assertThat(definition.updateMode())
                        .as(definition.name())
                        .isEqualTo(
                                mode.equals("per-broker")
                                        ? UpdateMode.PER_BROKER
                                        : mode.equals("cluster-wide") ? UpdateMode.CLUSTER_WIDE : UpdateMode.READ_ONLY);
            }
        }
        assertThat(DynamicConfig.Broker.names()).containsAll(DYNAMIC_ONLY);
    }

    @Test
    void topicKeysHaveTheSameSynonyms() {
        for (ConfigDefinition definition : ConfigDefinitions.of(ConfigScope.TOPIC)) {
            assertThat(Synonyms.nodeKeyOfTopic(definition.name()))
                    .as(definition.name())
                    .isEqualTo(ServerTopicConfigSynonyms.TOPIC_CONFIG_SYNONYMS.get(definition.name()));
            var theirs = ServerTopicConfigSynonyms.ALL_TOPIC_CONFIG_SYNONYMS.get(definition.name());
            if (theirs != null) {
                String nodeKey = ServerTopicConfigSynonyms.TOPIC_CONFIG_SYNONYMS.get(definition.name());
                assertThat(Synonyms.ofNode(nodeKey).stream().map(Synonyms.Synonym::name))
                        .containsExactlyElementsOf(
                                theirs.stream().map(s -> s.name()).toList());
                assertThat(Synonyms.ofNode(nodeKey).stream().map(s -> Long.toString(7 * s.factor())))
                        .containsExactlyElementsOf(theirs.stream()
                                .map(s -> s.converter().apply("7"))
                                .toList());
            }
        }
    }

    @Test
    void groupKeysHaveTheSameSynonyms() {
        for (ConfigDefinition definition : ConfigDefinitions.of(ConfigScope.GROUP)) {
            assertThat(Synonyms.nodeKeyOfGroup(definition.name()))
                    .as(definition.name())
                    .isEqualTo(GroupConfig.brokerSynonym(definition.name()).orElse(null));
        }
    }

    @Test
    void topicOverridesAreRefusedInKafkasWords() {
        TopicConfigs ours = new TopicConfigs(NodeConfig.of(NodeConfigTest.combined()));
        for (Map<String, String> overrides : List.of(
                Map.of("retention.ms", "x"),
                Map.of("retention.ms", "-2"),
                Map.of("retention.mss", "1"),
                Map.of("cleanup.policy", "remove"),
                Map.of("segment.bytes", "100"),
                Map.of("internal.segment.bytes", "100"),
                Map.of("min.compaction.lag.ms", "10", "max.compaction.lag.ms", "5"),
                Map.of("leader.replication.throttled.replicas", "1:2,x"),
                Map.of("leader.replication.throttled.replicas", "*"),
                Map.of("compression.type", "brotli"),
                Map.of("message.timestamp.type", "LogAppendTime"),
                Map.of("remote.storage.enable", "true"),
                Map.of("min.insync.replicas", "0"))) {
            assertThat(message(() -> ours.validate(new java.util.HashMap<>(overrides))))
                    .as(overrides.toString())
                    .isEqualTo(message(
                            () -> LogConfig.validate(Map.of(), overrides, Map.of("segment.ms", "604800000"), false)));
        }
    }

    private static String message(Runnable check) {
        try {
            check.run();
            return "accepted";
        } catch (RuntimeException e) {
            return e.getMessage();
        }
    }

    @Test
    void dynamicBrokerConfigurationIsRefusedInKafkasWords() {
        for (Map<String, String> values : List.of(
                Map.of("broker.id", "3"),
                Map.of("num.io.threads", "0"),
                Map.of("num.io.threads", "4"),
                Map.of("log.dirs", "/x"),
                Map.of("ssl.keystore.location", "/x"),
                Map.of("listener.name.external.ssl.keystore.location", "/x"),
                Map.of("my.own.key", "3"))) {
            for (boolean perBroker : new boolean[] {true, false}) {
                java.util.Properties properties = new java.util.Properties();
                properties.putAll(values);
                assertThat(message(() -> BrokerConfigs.validateDynamic(values, perBroker)))
                        .as(values + " " + perBroker)
                        .isEqualTo(message(() -> DynamicBrokerConfig.validateConfigs(properties, perBroker)));
            }
        }
    }

    @Test
    void everyKeyHasASentence() {
        for (ConfigScope scope : ConfigScope.values()) {
            for (ConfigDefinition definition : ConfigDefinitions.of(scope)) {
                assertThat(definition.documentation())
                        .as(scope.id() + "/" + definition.name())
                        .isNotBlank();
            }
        }
    }
}
