package io.milena.metadata.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;
import org.jspecify.annotations.Nullable;

/** A node's properties with their types: what was given, else the default. Immutable. */
final class NodeValues {
    private final Map<String, String> given;
    private final Map<String, Object> parsed = new HashMap<>();

    NodeValues(Map<String, String> given, List<String> errors) {
        this.given = Collections.unmodifiableMap(new java.util.TreeMap<>(given));
        for (Map.Entry<String, String> entry : this.given.entrySet()) {
            ConfigDefinition definition = ConfigDefinitions.orNull(ConfigScope.NODE, entry.getKey());
            if (definition != null) {
                parseGiven(definition, entry.getValue(), errors);
            }
        }
    }

    private void parseGiven(ConfigDefinition definition, String text, List<String> errors) {
        try {
            Object value = definition.parse(text);
            if (value != null) {
                parsed.put(definition.name(), value);
            }
        } catch (ConfigException e) {
            errors.add(definition.name() + ": " + (definition.isSensitive() ? "the value is not valid" : e.getMessage())
                    + "; correct the value or remove the line for the default "
                    + (definition.defaultValue() == null ? "(none)" : "'" + definition.defaultValue() + "'"));
        }
    }

    Map<String, String> given() {
        return given;
    }

    boolean isGiven(String name) {
        return given.containsKey(name);
    }

    /** The value under the strongest of its names, without unit conversion; else the default; null if there is neither. */
    @Nullable
    Object get(String name) {
        for (Synonyms.Synonym synonym : Synonyms.ofNode(name)) {
            Object value = parsed.get(synonym.name());
            if (value != null) {
                return scaled(value, synonym.factor());
            }
        }
        for (Synonyms.Synonym synonym : Synonyms.ofNode(name)) {
            ConfigDefinition definition = ConfigDefinitions.get(ConfigScope.NODE, synonym.name());
            Object value = definition.defaultValue() == null ? null : definition.parse(definition.defaultValue());
            if (value != null) {
                return scaled(value, synonym.factor());
            }
        }
        return null;
    }

    private static Object scaled(Object value, long factor) {
        if (factor == 1 || !(value instanceof Number number)) {
            return value;
        }
        long units = number.longValue();
        return units < 0 ? units : Math.multiplyExact(units, factor);
    }

    Optional<String> text(String name) {
        Object value = get(name);
        if (value == null) {
            return Optional.empty();
        }
        return Optional.of(value instanceof Password password ? password.value() : value.toString());
    }

    long number(String name) {
        Object value = get(name);
        if (value instanceof Number number) {
            return number.longValue();
        }
        throw new IllegalStateException(name + " has no value, or it is not a number");
    }

    List<String> list(String name) {
        Object value = get(name);
        if (value instanceof List<?> values) {
            List<String> texts = new ArrayList<>(values.size());
            for (Object item : values) {
                texts.add(item.toString());
            }
            return texts;
        }
        return List.of();
    }
}
