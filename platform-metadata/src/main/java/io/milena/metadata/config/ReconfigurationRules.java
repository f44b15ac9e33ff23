package io.milena.metadata.config;

import io.milena.metadata.Endpoint;
import io.milena.metadata.config.CrossKeyRules.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.metrics.MetricsReporter;
import org.apache.kafka.common.utils.Utils;

/** What a running node cannot change into at once (KIP-226, KIP-412, KIP-612); the texts are Kafka's. */
final class ReconfigurationRules {
    private static final String FOLLOWER_POOL = "remote.log.manager.follower.thread.pool.size";

    /** Pools whose size may at most double or halve in one step. */
    private static final List<String> POOLS = List.of(
            "num.network.threads",
            "num.io.threads",
            "num.replica.fetchers",
            "num.recovery.threads.per.data.dir",
            "background.threads",
            "remote.log.reader.threads",
            "remote.log.manager.copier.thread.pool.size",
            "remote.log.manager.expiration.thread.pool.size",
            FOLLOWER_POOL);

    /** Limits of connections that a node may begin with as 0, but not change into. */
    private static final List<String> CONNECTION_LIMITS = List.of("max.connections", "max.connection.creation.rate");

    private static final String REPORTERS = "metric.reporters";

    private final NodeConfig node;
    private final NodeValues before;
    private final NodeValues after;

    private ReconfigurationRules(NodeConfig node, NodeValues before, NodeValues after) {
        this.node = node;
        this.before = before;
        this.after = after;
    }

    /**
     * Empty if the node can.
     *
     * @param node as its file sets it up
     * @param before values in effect
     */
    static List<Violation> check(NodeConfig node, NodeValues before, NodeValues after) {
        ReconfigurationRules rules = new ReconfigurationRules(node, before, after);
        List<Violation> violations = new ArrayList<>();
        violations.addAll(rules.pools());
        violations.addAll(rules.cleaner());
        violations.addAll(rules.connections());
        violations.addAll(rules.classes());
        violations.addAll(localRetention(after));
        if (violations.isEmpty()) {
            violations.addAll(rules.wholeConfiguration());
        }
        return violations;
    }

    /** What is set anew; what was set earlier stays, also if it would be refused today. */
    private boolean changes(String key) {
        String value = after.given().get(key);
        return value != null && !value.equals(before.given().get(key));
    }

    private List<Violation> pools() {
        for (String key : POOLS) {
            long now = size(key, before);
            long then = after.number(key);
            String text = "Dynamic thread count update validation failed for " + key + "=" + then;
            if (!changes(key) || now == then) {
                continue;
            }
            if (then <= 0) {
                return CrossKeyRules.one(key, wrapped(text + ", value should be at least 1"));
            }
            if (then < now / 2) {
                return CrossKeyRules.one(
                        key, wrapped(text + ", value should be at least half the current value " + now));
            }
            if (then > now * 2) {
                return CrossKeyRules.one(
                        key, wrapped(text + ", value should not be greater than double the current value " + now));
            }
        }
        return List.of();
    }

    /** The followers' pool has its size from the key that was there before it, if it has none of its own. */
    private static long size(String pool, NodeValues values) {
        return values.number(
                pool.equals(FOLLOWER_POOL) && !values.isGiven(pool) ? "remote.log.manager.thread.pool.size" : pool);
    }

    private List<Violation> cleaner() {
        String key = "log.cleaner.threads";
        long now = before.number(key);
        long then = after.number(key);
        if (changes(key) && then < now / 2) {
            return CrossKeyRules.one(
                    key, wrapped("Log cleaner threads cannot be reduced to less than half the current value " + now));
        }
        if (changes(key) && then > now * 2) {
            return CrossKeyRules.one(
                    key,
                    wrapped("Log cleaner threads cannot be increased to more than double the current value " + now));
        }
        return List.of();
    }

    private List<Violation> connections() {
        for (String key : CONNECTION_LIMITS) {
            if (changes(key) && after.number(key) <= 0) {
                return CrossKeyRules.one(key, wrapped("Invalid " + key + " " + after.number(key)));
            }
        }
        return List.of();
    }

    /** Classes that Kafka would load: whether one of this name is there at all. */
    private List<Violation> classes() {
        for (Map.Entry<String, String> each : after.given().entrySet()) {
            ConfigDefinition definition = ConfigDefinitions.orNull(ConfigScope.NODE, each.getKey());
            if (definition != null
                    && changes(each.getKey())
                    && definition.type() == ConfigDef.Type.CLASS
                    && !isClass(each.getValue().trim(), Object.class)) {
                return CrossKeyRules.one(
                        each.getKey(),
                        invalid(
                                each.getKey(),
                                each.getValue().trim(),
                                "Class " + each.getValue().trim() + " could not be found."));
            }
        }
        for (String reporter : changes(REPORTERS) ? after.list(REPORTERS) : List.<String>of()) {
            if (!isClass(reporter, MetricsReporter.class)) {
                return CrossKeyRules.one(
                        REPORTERS,
                        wrapped("Validation of dynamic config update of [" + REPORTERS + "] failed: " + reporter
                                + " is no class of a metrics reporter"));
            }
        }
        return List.of();
    }

    /** Nothing of the class runs: whoever may change configurations could otherwise run code by its name. */
    private static boolean isClass(String name, Class<?> kind) {
        try {
            return kind.isAssignableFrom(Class.forName(name, false, Utils.getContextOrKafkaClassLoader()));
        } catch (ClassNotFoundException | LinkageError | KafkaException none) {
            return false;
        }
    }

    /** The node must be able to start with the values, and its listeners must stay what they are. */
    private List<Violation> wholeConfiguration() {
        NodeConfig wanted;
        try {
            wanted = NodeConfig.ofResolved(after.given());
        } catch (InvalidNodeConfigException invalid) {
            return isValid(before)
                    ? CrossKeyRules.one("", wrapped(invalid.errors().get(0)))
                    : List.of();
        }
        Set<String> listeners =
                wanted.listeners().stream().map(Endpoint::listener).collect(Collectors.toSet());
        if (!listeners.containsAll(node.advertisedNames())) {
            return CrossKeyRules.one(
                    "listeners",
                    wrapped("Advertised listeners '" + node.advertisedNames() + "' must be a subset of listeners '"
                            + listeners + "'"));
        }
        for (Endpoint listener : node.listeners()) {
            String name = listener.listener();
            if (listeners.contains(name) && wanted.securityProtocol(name) != listener.protocol()) {
                return CrossKeyRules.one(
                        "listener.security.protocol.map",
                        wrapped("Security protocol cannot be updated for existing listener " + name));
            }
        }
        return List.of();
    }

    private static boolean isValid(NodeValues values) {
        try {
            NodeConfig.ofResolved(values.given());
            return true;
        } catch (InvalidNodeConfigException invalid) {
            return false;
        }
    }

    private static List<Violation> localRetention(NodeValues values) {
        for (String unit : List.of("ms", "bytes")) {
            String key = "log.local.retention." + unit;
            String whole = "log.retention." + unit;
            long local = values.number(key);
            long all = values.number(whole);
            if (all < 0 || local == -2) {
                continue;
            }
            if (local == -1) {
                return CrossKeyRules.one(
                        key, invalid(key, local, "Value must not be -1 as " + whole + " value is set as " + all + "."));
            }
            if (local > all) {
                return CrossKeyRules.one(
                        key, invalid(key, local, "Value must not be more than " + whole + " property value: " + all));
            }
        }
        return List.of();
    }

    private static String invalid(String key, Object value, String why) {
        return String.valueOf(new ConfigException(key, value, why).getMessage());
    }

    /** As clients of Kafka see what a part of the node refuses to be changed into. */
    private static String wrapped(String text) {
        return String.valueOf(
                new ConfigException("Invalid dynamic configuration", new ConfigException(text)).getMessage());
    }
}
