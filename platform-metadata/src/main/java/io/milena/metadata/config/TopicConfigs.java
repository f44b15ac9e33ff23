package io.milena.metadata.config;

import io.milena.metadata.ConfigurationsImage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.jspecify.annotations.Nullable;

/**
 * What is in effect for a topic: its override, else the broker's dynamic value, else the cluster-wide dynamic default, else
 * the node's file, else Kafka's default. Also says whether overrides are allowed. Immutable; any thread.
 */
public final class TopicConfigs {
    private static final int MIN_USER_SEGMENT_BYTES = 1024 * 1024;

    private final NodeConfig node;

    public TopicConfigs(NodeConfig node) {
        this.node = node;
    }

    /** Topic key to effective value as text, for every topic key that has one; what {@code LogConfig} is built from. */
    public Map<String, String> effective(String topic, ConfigurationsImage configs) {
        return effective(configs.ofTopic(topic), configs);
    }

    /** The same for overrides that are not (yet) in the metadata. */
    public Map<String, String> effective(Map<String, String> overrides, ConfigurationsImage configs) {
        ConfigLayers layers = layers(configs);
        Map<String, String> values = new LinkedHashMap<>();
        for (ConfigDefinition definition : ConfigDefinitions.of(ConfigScope.TOPIC)) {
            String value = value(definition, overrides, layers);
            if (value != null) {
                values.put(definition.name(), value);
            }
        }
        return values;
    }

    /** The effective value of one key, empty if it has none (or is unknown). */
    public Optional<String> value(String key, String topic, ConfigurationsImage configs) {
        ConfigDefinition definition = ConfigDefinitions.orNull(ConfigScope.TOPIC, key);
        return definition == null
                ? Optional.empty()
                : Optional.ofNullable(value(definition, configs.ofTopic(topic), layers(configs)));
    }

    /** Every documented key with value, source and synonyms, for DescribeConfigs and CreateTopics 5+ (KIP-525). */
    public List<ConfigValue> describe(Map<String, String> overrides, ConfigurationsImage configs) {
        ConfigLayers layers = layers(configs);
        List<ConfigValue> values = new ArrayList<>();
        for (ConfigDefinition definition : ConfigDefinitions.of(ConfigScope.TOPIC)) {
            if (!definition.internal() || overrides.containsKey(definition.name())) {
                values.add(describe(definition, overrides, layers));
            }
        }
        return values;
    }

    private ConfigValue describe(ConfigDefinition definition, Map<String, String> overrides, ConfigLayers layers) {
        List<ConfigValue.Candidate> candidates = new ArrayList<>();
        String override = overrides.get(definition.name());
        if (override != null) {
            candidates.add(new ConfigValue.Candidate(definition.name(), override, ConfigSource.TOPIC_CONFIG));
        }
        String nodeKey = Synonyms.nodeKeyOfTopic(definition.name());
        if (nodeKey != null) {
            candidates.addAll(layers.candidates(nodeKey));
        }
        ConfigSource source = candidates.isEmpty()
                ? ConfigSource.DEFAULT_CONFIG
                : candidates.get(0).source();
        return new ConfigValue(definition, value(definition, overrides, layers), source, false, candidates);
    }

    private static @Nullable String value(
            ConfigDefinition definition, Map<String, String> overrides, ConfigLayers layers) {
        String override = overrides.get(definition.name());
        if (override != null) {
            return override;
        }
        String nodeKey = Synonyms.nodeKeyOfTopic(definition.name());
        String value = nodeKey == null ? null : layers.effective(nodeKey);
        return value == null ? definition.defaultValue() : value;
    }

    private ConfigLayers layers(ConfigurationsImage configs) {
        return new ConfigLayers(node, configs.ofBroker(node.nodeId()), configs.ofBrokerDefault());
    }

    /** The node's key that gives a topic key its default: retention.ms is log.retention.ms. */
    public static Optional<String> nodeKeyOf(String topicKey) {
        return Optional.ofNullable(Synonyms.nodeKeyOfTopic(topicKey));
    }

    /**
     * Checks all overrides a topic would have.
     *
     * @throws InvalidConfigurationException (INVALID_CONFIG) in Kafka's words
     */
    public void validate(Map<String, @Nullable String> overrides) {
        Map<String, Object> parsed = new LinkedHashMap<>();
        String nulls = overrides.entrySet().stream()
                .filter(entry -> entry.getValue() == null)
                .map(Map.Entry::getKey)
                .sorted()
                .collect(Collectors.joining(","));
        if (!nulls.isEmpty()) {
            throw new InvalidConfigurationException("Null value not supported for topic configs: " + nulls);
        }
        for (String name : overrides.keySet()) {
            if (ConfigDefinitions.orNull(ConfigScope.TOPIC, name) == null) {
                throw new InvalidConfigurationException("Unknown topic config name: " + name);
            }
        }
        overrides.forEach((name, value) -> {
            Object object = parse(ConfigDefinitions.get(ConfigScope.TOPIC, name), value);
            if (object != null) {
                parsed.put(name, object);
            }
        });
        validateTogether(parsed);
    }

    private static @Nullable Object parse(ConfigDefinition definition, @Nullable String value) {
        try {
            return definition.parse(value);
        } catch (ConfigException e) {
            throw new InvalidConfigurationException(e.getMessage(), e);
        }
    }

    private void validateTogether(Map<String, Object> parsed) {
        long minLag = number("min.compaction.lag.ms", parsed);
        long maxLag = number("max.compaction.lag.ms", parsed);
        if (minLag > maxLag) {
            throw new InvalidConfigurationException("conflict topic config setting min.compaction.lag.ms (" + minLag
                    + ") > max.compaction.lag.ms (" + maxLag + ")");
        }
        if (Boolean.TRUE.equals(parsed.get("remote.storage.enable"))) {
            throw new InvalidConfigurationException("Tiered Storage functionality is disabled in the broker. "
                    + "Topic cannot be configured with remote log storage.");
        }
    }

    private long number(String key, Map<String, Object> parsed) {
        if (parsed.get(key) instanceof Number number) {
            return number.longValue();
        }
        String nodeKey = Synonyms.nodeKeyOfTopic(key);
        return nodeKey == null ? 0 : node.longOf(nodeKey);
    }

    /** The smallest segment.bytes a topic may ask for; tests go below with internal.segment.bytes. */
    public static int minUserSegmentBytes() {
        return MIN_USER_SEGMENT_BYTES;
    }
}
