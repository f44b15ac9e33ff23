package io.milena.metadata.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.jspecify.annotations.Nullable;

/**
 * The levels below a topic or group: the broker's dynamic values, the cluster-wide dynamic default, the node's file, the
 * default (KIP-226), each searched under all names of a key before the next.
 */
record ConfigLayers(NodeConfig node, Map<String, String> dynamicBroker, Map<String, String> dynamicDefault) {
    /**
     * The values of a node's key, strongest first; raw, under the names they were given. As Apache Kafka does, what stands
     * before the first value under the key's own name is left out, so a key that was only given under weaker names
     * (log.retention.hours for log.retention.ms) has no candidates and counts as default.
     */
    List<ConfigValue.Candidate> candidates(String nodeKey) {
        List<ConfigValue.Candidate> all = allCandidates(nodeKey);
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).name().equals(nodeKey)) {
                return all.subList(i, all.size());
            }
        }
        return List.of();
    }

    private List<ConfigValue.Candidate> allCandidates(String nodeKey) {
        List<ConfigValue.Candidate> found = new ArrayList<>();
        List<Synonyms.Synonym> names = Synonyms.ofNode(nodeKey);
        for (Synonyms.Synonym name : names) {
            add(found, name.name(), dynamicBroker, ConfigSource.DYNAMIC_BROKER_CONFIG);
        }
        for (Synonyms.Synonym name : names) {
            add(found, name.name(), dynamicDefault, ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG);
        }
        for (Synonyms.Synonym name : names) {
            add(found, name.name(), node.given(), ConfigSource.STATIC_BROKER_CONFIG);
        }
        for (Synonyms.Synonym name : names) {
            ConfigDefinition definition = ConfigDefinitions.orNull(ConfigScope.NODE, name.name());
            if (definition != null && definition.defaultValue() != null) {
                found.add(candidate(definition, definition.defaultValue(), ConfigSource.DEFAULT_CONFIG));
            }
        }
        return found;
    }

    private static void add(
            List<ConfigValue.Candidate> found, String name, Map<String, String> level, ConfigSource source) {
        ConfigDefinition definition = ConfigDefinitions.orNull(ConfigScope.NODE, name);
        String value = level.get(name);
        if (definition != null && value != null) {
            found.add(candidate(definition, value, source));
        }
    }

    private static ConfigValue.Candidate candidate(ConfigDefinition definition, String value, ConfigSource source) {
        return new ConfigValue.Candidate(definition.name(), definition.isSensitive() ? null : value, source);
    }

    /** The value in effect in the unit of {@code nodeKey}, null if no level has one. */
    @Nullable
    String effective(String nodeKey) {
        List<Synonyms.Synonym> names = Synonyms.ofNode(nodeKey);
        String value = firstOf(names, dynamicBroker);
        if (value == null) {
            value = firstOf(names, dynamicDefault);
        }
        if (value == null) {
            value = firstOf(names, node.given());
        }
        if (value != null) {
            return value;
        }
        for (Synonyms.Synonym name : names) {
            ConfigDefinition definition = ConfigDefinitions.orNull(ConfigScope.NODE, name.name());
            if (definition != null && definition.defaultValue() != null) {
                return scaled(definition.defaultValue(), name.factor());
            }
        }
        return null;
    }

    private static @Nullable String firstOf(List<Synonyms.Synonym> names, Map<String, String> level) {
        for (Synonyms.Synonym name : names) {
            String value = level.get(name.name());
            if (value != null) {
                return scaled(value, name.factor());
            }
        }
        return null;
    }

    private static String scaled(String value, long factor) {
        if (factor == 1) {
            return value;
        }
        long units = Long.parseLong(value.trim());
        return Long.toString(units < 0 ? units : Math.multiplyExact(units, factor));
    }
}
