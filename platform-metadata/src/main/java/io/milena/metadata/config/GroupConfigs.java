package io.milena.metadata.config;

import io.milena.metadata.ConfigurationsImage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.jspecify.annotations.Nullable;

/** What is in effect for a consumer, share or streams group (KIP-848, KIP-932, KIP-1071). Immutable; any thread. */
public final class GroupConfigs {
    private static final List<String> BOUNDED = List.of(
            "consumer.heartbeat.interval.ms",
            "consumer.session.timeout.ms",
            "consumer.assignment.interval.ms",
            "share.heartbeat.interval.ms",
            "share.session.timeout.ms",
            "share.record.lock.duration.ms",
            "share.delivery.count.limit",
            "share.partition.max.record.locks",
            "share.assignment.interval.ms",
            "streams.heartbeat.interval.ms",
            "streams.session.timeout.ms",
            "streams.assignment.interval.ms");

    private final NodeConfig node;

    public GroupConfigs(NodeConfig node) {
        this.node = node;
    }

    /** The effective value of a group's key, empty if the key is unknown. */
    public Optional<String> value(String key, String groupId, ConfigurationsImage configs) {
        ConfigDefinition definition = ConfigDefinitions.orNull(ConfigScope.GROUP, key);
        return definition == null
                ? Optional.empty()
                : Optional.ofNullable(
                        describe(definition, configs.ofGroup(groupId), configs).value());
    }

    public int intValue(String key, String groupId, ConfigurationsImage configs) {
        return Integer.parseInt(value(key, groupId, configs)
                .orElseThrow(() -> new IllegalArgumentException("There is no group configuration named " + key)));
    }

    /** Every key with value, source and synonyms, for DescribeConfigs. */
    public List<ConfigValue> describe(String groupId, ConfigurationsImage configs) {
        List<ConfigValue> values = new ArrayList<>();
        for (ConfigDefinition definition : ConfigDefinitions.of(ConfigScope.GROUP)) {
            values.add(describe(definition, configs.ofGroup(groupId), configs));
        }
        return values;
    }

    private ConfigValue describe(ConfigDefinition definition, Map<String, String> own, ConfigurationsImage configs) {
        List<ConfigValue.Candidate> candidates = new ArrayList<>();
        String value = own.get(definition.name());
        if (value != null) {
            candidates.add(new ConfigValue.Candidate(definition.name(), value, ConfigSource.GROUP_CONFIG));
        }
        String nodeKey = Synonyms.nodeKeyOfGroup(definition.name());
        if (nodeKey != null) {
            ConfigLayers layers = new ConfigLayers(node, configs.ofBroker(node.nodeId()), configs.ofBrokerDefault());
            candidates.addAll(layers.candidates(nodeKey));
            value = value == null ? layers.effective(nodeKey) : value;
        } else if (definition.defaultValue() != null) {
            candidates.add(new ConfigValue.Candidate(
                    definition.name(), definition.defaultValue(), ConfigSource.DEFAULT_CONFIG));
        }
        ConfigSource source = candidates.isEmpty()
                ? ConfigSource.DEFAULT_CONFIG
                : candidates.get(0).source();
        return new ConfigValue(
                definition, value == null ? definition.defaultValue() : value, source, false, candidates);
    }

    /**
     * Checks all values a group would have, also against the node's bounds ({@code group.consumer.min.…}, {@code max}).
     *
     * @throws InvalidConfigurationException (INVALID_CONFIG) in Kafka's words
     */
    public void validate(Map<String, String> values) {
        for (String name : values.keySet()) {
            if (ConfigDefinitions.orNull(ConfigScope.GROUP, name) == null) {
                throw new InvalidConfigurationException("Unknown group config name: " + name);
            }
        }
        Map<String, Object> parsed = new LinkedHashMap<>();
        values.forEach((name, value) -> parsed.put(name, parse(name, value)));
        for (String key : BOUNDED) {
            if (parsed.containsKey(key)) {
                bound(key, number(key, parsed));
            }
        }
        if (parsed.containsKey("streams.num.standby.replicas")) {
            atMost(
                    "streams.num.standby.replicas",
                    number("streams.num.standby.replicas", parsed),
                    "group.streams.max.standby.replicas");
        }
        for (String protocol : List.of("consumer", "share", "streams")) {
            String session = protocol + ".session.timeout.ms";
            String heartbeat = protocol + ".heartbeat.interval.ms";
            if (number(session, parsed) <= number(heartbeat, parsed)) {
                throw new InvalidConfigurationException(session + " must be greater than " + heartbeat);
            }
        }
    }

    private static Object parse(String name, @Nullable String value) {
        try {
            Object parsed = ConfigDefinitions.get(ConfigScope.GROUP, name).parse(value);
            return parsed == null ? "" : parsed;
        } catch (ConfigException e) {
            throw new InvalidConfigurationException(e.getMessage(), e);
        }
    }

    private void bound(String key, long value) {
        int dot = key.indexOf('.');
        String prefix = "group." + key.substring(0, dot);
        String minKey = prefix + ".min" + key.substring(dot);
        if (value < node.longOf(minKey)) {
            throw new InvalidConfigurationException(key + " must be greater than or equal to " + minKey);
        }
        atMost(key, value, prefix + ".max" + key.substring(dot));
    }

    private void atMost(String key, long value, String maxKey) {
        if (value > node.longOf(maxKey)) {
            throw new InvalidConfigurationException(key + " must be less than or equal to " + maxKey);
        }
    }

    private long number(String key, Map<String, Object> parsed) {
        if (parsed.get(key) instanceof Number number) {
            return number.longValue();
        }
        String nodeKey = Synonyms.nodeKeyOfGroup(key);
        return nodeKey == null ? 0 : node.longOf(nodeKey);
    }
}
