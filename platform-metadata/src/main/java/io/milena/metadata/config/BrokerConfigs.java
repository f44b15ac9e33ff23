package io.milena.metadata.config;

import io.milena.metadata.ConfigurationsImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.jspecify.annotations.Nullable;

/** A broker's own configuration: what is in effect, and what may be changed while it runs (KIP-226). Any thread. */
public final class BrokerConfigs {
    private static final String LISTENER_PREFIX = "listener.name.";

    /** Throttles (KIP-73): no keys of a node's file, and so not told of unless somebody has set them. */
    private static final Set<String> DYNAMIC_ONLY = Set.of(
            "leader.replication.throttled.rate",
            "follower.replication.throttled.rate",
            "replica.alter.log.dirs.io.max.bytes.per.second");

    private final NodeConfig node;

    public BrokerConfigs(NodeConfig node) {
        this.node = node;
    }

    /** Every documented key of this node with value, source and synonyms, for DescribeConfigs. */
    public List<ConfigValue> describe(ConfigurationsImage configs) {
        ConfigLayers layers = layers(configs);
        List<ConfigValue> values = new ArrayList<>();
        for (ConfigDefinition definition : ConfigDefinitions.of(ConfigScope.NODE)) {
            List<ConfigValue.Candidate> candidates = layers.candidates(definition.name());
            if (isShown(definition, candidates)) {
                values.add(new ConfigValue(
                        definition,
                        definition.isSensitive() ? null : ownValue(definition, layers),
                        candidates.isEmpty()
                                ? ConfigSource.DEFAULT_CONFIG
                                : candidates.get(0).source(),
                        definition.updateMode() == UpdateMode.READ_ONLY,
                        candidates));
            }
        }
        return values;
    }

    private boolean isShown(ConfigDefinition definition, List<ConfigValue.Candidate> candidates) {
        if (DYNAMIC_ONLY.contains(definition.name())) {
            return !candidates.isEmpty() && candidates.get(0).source() != ConfigSource.DEFAULT_CONFIG;
        }
        // Our own keys are to clients what Kafka's internal ones are: tools that compare brokers know none of them.
        boolean hidden = definition.internal() || definition.name().startsWith("milena.");
        return !hidden || node.given().containsKey(definition.name());
    }

    /** The cluster-wide dynamic default: only what is set. */
    public static List<ConfigValue> describeDefault(ConfigurationsImage configs) {
        List<ConfigValue> values = new ArrayList<>();
        configs.ofBrokerDefault().forEach((name, value) -> {
            ConfigDefinition definition = ConfigDefinitions.orNull(ConfigScope.NODE, name);
            if (definition != null) {
                String shown = definition.isSensitive() ? null : value;
                values.add(new ConfigValue(
                        definition,
                        shown,
                        ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG,
                        false,
                        List.of(new ConfigValue.Candidate(name, shown, ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG))));
            }
        });
        return values;
    }

    /** The value in effect of a key, dynamic changes included; empty if it has none. */
    public java.util.Optional<String> value(String key, ConfigurationsImage configs) {
        return java.util.Optional.ofNullable(layers(configs).effective(key));
    }

    /** Like {@link #value} for numbers. */
    public long longValue(String key, ConfigurationsImage configs) {
        String value = layers(configs).effective(key);
        return value == null ? node.longOf(key) : Long.parseLong(value.trim());
    }

    /** The value under this very name: log.retention.ms has none where only log.retention.hours is set. */
    private @Nullable String ownValue(ConfigDefinition definition, ConfigLayers layers) {
        for (Map<String, String> level : List.of(layers.dynamicBroker(), layers.dynamicDefault(), node.given())) {
            String value = level.get(definition.name());
            if (value != null) {
                return value;
            }
        }
        return definition.defaultValue();
    }

    private ConfigLayers layers(ConfigurationsImage configs) {
        return new ConfigLayers(node, configs.ofBroker(node.nodeId()), configs.ofBrokerDefault());
    }

    /**
     * Checks all dynamic values a broker, or the cluster-wide default, would have.
     *
     * @param perBroker false for the cluster-wide default
     * @throws InvalidRequestException (INVALID_REQUEST) in Kafka's words
     */
    public static void validateDynamic(Map<String, String> values, boolean perBroker) {
        Set<String> readOnly = new TreeSet<>();
        Set<String> perBrokerOnly = new TreeSet<>();
        Set<String> withoutListener = new TreeSet<>();
        for (String name : values.keySet()) {
            ConfigDefinition definition = ConfigDefinitions.orNull(ConfigScope.NODE, baseName(name));
            if (definition == null) {
                continue;
            }
            if (definition.updateMode() == UpdateMode.READ_ONLY && !name.startsWith(LISTENER_PREFIX)) {
                readOnly.add(name);
            } else if (definition.updateMode() == UpdateMode.PER_BROKER || name.startsWith(LISTENER_PREFIX)) {
                perBrokerOnly.add(name);
            }
            if (isListenerSecurity(name)) {
                withoutListener.add(name);
            }
        }
        refuse(readOnly, "Cannot update these configs dynamically");
        refuse(
                withoutListener,
                "These security configs can be dynamically updated only per-listener using the listener prefix");
        values.forEach(BrokerConfigs::validateValue);
        if (!perBroker) {
            refuse(perBrokerOnly, "Cannot update these configs at default cluster level, broker id must be specified");
        }
    }

    /**
     * Checks a change of dynamic values as {@link #validateDynamic}, and against the rest of this node's configuration, as if all stood
     * in its file.
     *
     * @param broker whose values they are; empty for the cluster-wide default
     * @param before what was set there dynamically
     * @throws InvalidRequestException (INVALID_REQUEST, as Kafka: KAFKA-13609) in Kafka's words
     */
    public void validateChange(String broker, Map<String, String> before, Map<String, String> after) {
        validateDynamic(after, !broker.isEmpty());
        NodeValues running = with(before);
        NodeValues wanted = with(after);
        refuse(CrossKeyRules.check(wanted));
        boolean mayConcernThisNode = broker.isEmpty() || broker.equals(String.valueOf(node.nodeId()));
        if (mayConcernThisNode && node.isBroker()) {
            checkCordoned(wanted);
            refuse(ReconfigurationRules.check(node, running, wanted));
        }
    }

    private NodeValues with(Map<String, String> dynamic) {
        Map<String, String> all = new java.util.HashMap<>(node.given());
        dynamic.forEach((name, value) -> {
            if (ConfigDefinitions.orNull(ConfigScope.NODE, name) != null) {
                all.put(name, value);
            }
        });
        return new NodeValues(all, new ArrayList<>());
    }

    private static void checkCordoned(NodeValues values) {
        List<String> directories = values.list("log.dirs");
        for (String directory : values.list("cordoned.log.dirs")) {
            if (!directories.contains(directory) && !directory.equals("*")) {
                throw new InvalidRequestException("Invalid value " + values.list("cordoned.log.dirs")
                        + " for configuration cordoned.log.dirs: Invalid entry in cordoned.log.dirs: " + directory
                        + ". All cordoned log dirs must be entries of log.dirs or log.dir.");
            }
        }
    }

    private static void refuse(List<CrossKeyRules.Violation> violations) {
        if (!violations.isEmpty()) {
            throw new InvalidRequestException(violations.get(0).asClientsSeeIt());
        }
    }

    private static void validateValue(String name, String value) {
        ConfigDefinition definition = ConfigDefinitions.orNull(ConfigScope.NODE, baseName(name));
        if (definition != null) {
            try {
                definition.parse(value);
            } catch (ConfigException e) {
                throw new InvalidRequestException(e.getMessage(), e);
            }
        }
    }

    private static void refuse(Set<String> names, String why) {
        if (!names.isEmpty()) {
            throw new InvalidRequestException(why + ": " + names);
        }
    }

    private static boolean isListenerSecurity(String name) {
        return name.startsWith("ssl.keystore.")
                || name.startsWith("ssl.truststore.")
                || name.equals("ssl.key.password");
    }

    /** The key without "listener.name.NAME." and, for SASL, the mechanism. */
    private static String baseName(String name) {
        if (!name.startsWith(LISTENER_PREFIX)) {
            return name;
        }
        int dot = name.indexOf('.', LISTENER_PREFIX.length());
        String rest = dot < 0 ? name : name.substring(dot + 1);
        int sasl = rest.indexOf(".sasl.");
        return sasl < 0 ? rest : rest.substring(sasl + 1);
    }
}
