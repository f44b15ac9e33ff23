package io.milena.metadata.config;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigDef;
import org.jspecify.annotations.Nullable;

/**
 * Every key that Apache Kafka 4.3.1 defines for nodes, topics, groups and client metrics: data in
 * {@code definitions.tsv}, read once in a few milliseconds. Immutable; any thread.
 */
public final class ConfigDefinitions {
    private static final ConfigDefinitions ALL = new ConfigDefinitions();

    private final Map<ConfigScope, Map<String, ConfigDefinition>> byScope = new EnumMap<>(ConfigScope.class);

    private ConfigDefinitions() {
        for (ConfigScope scope : ConfigScope.values()) {
            byScope.put(scope, new LinkedHashMap<>());
        }
        try (InputStream in = ConfigDefinitions.class.getResourceAsStream("definitions.tsv")) {
            if (in == null) {
                throw new IllegalStateException("definitions.tsv is missing beside the configuration classes");
            }
            load(new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read definitions.tsv beside the configuration classes", e);
        }
    }

    /** All definitions of the scope, unmodifiable, in the order of names. */
    public static Collection<ConfigDefinition> of(ConfigScope scope) {
        return Collections.unmodifiableCollection(ALL.table(scope).values());
    }

    public static Optional<ConfigDefinition> find(ConfigScope scope, String name) {
        return Optional.ofNullable(ALL.table(scope).get(name));
    }

    static @Nullable ConfigDefinition orNull(ConfigScope scope, String name) {
        return ALL.table(scope).get(name);
    }

    /** The definition of a key that the caller knows to exist. */
    public static ConfigDefinition get(ConfigScope scope, String name) {
        ConfigDefinition definition = ALL.table(scope).get(name);
        if (definition == null) {
            throw new IllegalArgumentException("There is no " + scope.title() + " configuration named " + name);
        }
        return definition;
    }

    /** The known key most like {@code name}, if one is near enough to be meant. */
    public static Optional<String> nearest(ConfigScope scope, String name) {
        return NearestName.of(name, ALL.table(scope).keySet());
    }

    private Map<String, ConfigDefinition> table(ConfigScope scope) {
        Map<String, ConfigDefinition> table = byScope.get(scope);
        return table == null ? Map.of() : table;
    }

    private void load(BufferedReader lines) throws IOException {
        Map<String, ConfigDef.Type> types = new HashMap<>();
        for (ConfigDef.Type type : ConfigDef.Type.values()) {
            types.put(type.name().toLowerCase(Locale.ROOT), type);
        }
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (!line.isEmpty() && line.charAt(0) != '#') {
                ConfigDefinition definition = parse(columns(line), types);
                table(definition.scope()).put(definition.name(), definition);
            }
        }
    }

    private static ConfigDefinition parse(String[] column, Map<String, ConfigDef.Type> types) {
        ConfigDef.Type type = types.get(column[2]);
        if (type == null) {
            throw new IllegalStateException("definitions.tsv: unknown type " + column[2] + " of " + column[1]);
        }
        String value = column[3];
        return new ConfigDefinition(
                ConfigScope.ofId(column[0]),
                column[1],
                type,
                value.equals("!") || value.equals("~") ? null : value,
                value.equals("!"),
                column[4],
                importance(column[5]),
                UpdateMode.ofId(column[6]),
                column[7].equals("internal"));
    }

    private static ConfigDef.Importance importance(String text) {
        return switch (text) {
            case "high" -> ConfigDef.Importance.HIGH;
            case "medium" -> ConfigDef.Importance.MEDIUM;
            default -> ConfigDef.Importance.LOW;
        };
    }

    /** Splits at tabs into eight columns; what is missing at the end is empty. */
    private static String[] columns(String line) {
        String[] columns = new String[8];
        int from = 0;
        for (int i = 0; i < columns.length; i++) {
            int tab = from > line.length() ? -1 : line.indexOf('\t', from);
            int end = tab < 0 ? line.length() : tab;
            columns[i] = from > line.length() ? "" : line.substring(from, end);
            from = end + 1;
        }
        return columns;
    }
}
