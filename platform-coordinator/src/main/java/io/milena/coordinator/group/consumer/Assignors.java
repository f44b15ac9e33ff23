package io.milena.coordinator.group.consumer;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.common.Configurable;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/** {@code group.consumer.assignors}: those of this node, in the order of the configuration; the first is the default. */
final class Assignors {

    static final String KEY = "group.consumer.assignors";

    private final Map<String, Assignor> byName = new LinkedHashMap<>();
    private final Assignor first;

    private Assignors(Map<String, String> properties) {
        @Nullable Assignor head = null;
        for (String name : properties.getOrDefault(KEY, "uniform,range").split(",", -1)) {
            Assignor assignor = make(name.trim(), properties);
            if (byName.putIfAbsent(assignor.name(), assignor) != null) {
                throw new ConfigException(KEY, name, "names the assignor " + assignor.name() + " twice");
            }
            head = head == null ? assignor : head;
        }
        this.first = Objects.requireNonNull(head);
    }

    /** @throws ConfigException if one is neither built in nor a class of an assignor */
    static Assignors from(Map<String, String> properties) {
        return new Assignors(properties);
    }

    private static Assignor make(String name, Map<String, String> properties) {
        switch (name) {
            case "uniform":
                return new UniformAssignor();
            case "range":
                return new RangeAssignor();
            default:
                return load(name, properties);
        }
    }

    private static Assignor load(String className, Map<String, String> properties) {
        try {
            ClassLoader own = Thread.currentThread().getContextClassLoader();
            Class<?> type = Class.forName(className, true, own != null ? own : Assignors.class.getClassLoader());
            Object plugin = type.getDeclaredConstructor().newInstance();
            if (plugin instanceof Configurable configurable) {
                configurable.configure(properties);
            }
            return new PluginAssignor(plugin);
        } catch (ReflectiveOperationException | ClassCastException e) {
            throw new ConfigException(KEY, className, "cannot be made a ConsumerGroupPartitionAssignor: " + e);
        }
    }

    boolean has(String name) {
        return byName.containsKey(name);
    }

    Set<String> names() {
        return byName.keySet();
    }

    /** The one of that name, the default if there is none: a node may have lost one that members still ask for. */
    Assignor get(@Nullable String name) {
        Assignor assignor = name == null ? null : byName.get(name);
        return assignor == null ? first : assignor;
    }
}
