package io.milena.metadata.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.config.ConfigDef;
import org.jspecify.annotations.Nullable;

/**
 * Every key that Apache Kafka 4.3.1 defines for nodes, topics, groups and client metrics: data in
 * {@code definitions.tsv}. The file is indexed by name at the first question and a line is parsed when its key is asked
 * for, so that a start pays for the keys it uses. Any thread.
 */
public final class ConfigDefinitions {
    private static final int COLUMNS = 8;
    private static final Map<ConfigScope, ConfigDefinitions> ALL = load();

    private final ConfigScope scope;
    private final Map<String, String> lines = new LinkedHashMap<>();
    private final Map<String, ConfigDefinition> parsed = new ConcurrentHashMap<>();

    private ConfigDefinitions(ConfigScope scope) {
        this.scope = scope;
    }

    /** All definitions of the scope, unmodifiable, in the order of names. */
    public static Collection<ConfigDefinition> of(ConfigScope scope) {
        ConfigDefinitions table = table(scope);
        List<ConfigDefinition> definitions = new ArrayList<>(table.lines.size());
        for (String name : table.lines.keySet()) {
            ConfigDefinition definition = table.get(name);
            if (definition != null) {
                definitions.add(definition);
            }
        }
        return Collections.unmodifiableList(definitions);
    }

    public static Optional<ConfigDefinition> find(ConfigScope scope, String name) {
        return Optional.ofNullable(orNull(scope, name));
    }

    static @Nullable ConfigDefinition orNull(ConfigScope scope, String name) {
        return table(scope).get(name);
    }

    /** The definition of a key that the caller knows to exist. */
    public static ConfigDefinition get(ConfigScope scope, String name) {
        ConfigDefinition definition = orNull(scope, name);
        if (definition == null) {
            throw new IllegalArgumentException("There is no " + scope.title() + " configuration named " + name);
        }
        return definition;
    }

    /** The known key most like {@code name}, if one is near enough to be meant. */
    public static Optional<String> nearest(ConfigScope scope, String name) {
        return NearestName.of(name, table(scope).lines.keySet());
    }

    private static ConfigDefinitions table(ConfigScope scope) {
        ConfigDefinitions table = ALL.get(scope);
        if (table == null) {
            throw new IllegalStateException("definitions.tsv has nothing for " + scope);
        }
        return table;
    }

    private @Nullable ConfigDefinition get(String name) {
        ConfigDefinition definition = parsed.get(name);
        String line = definition == null ? lines.get(name) : null;
        if (line != null) {
            definition = parse(columns(line));
            parsed.put(name, definition);
        }
        return definition;
    }

    private static Map<ConfigScope, ConfigDefinitions> load() {
        Map<String, ConfigDefinitions> byId = new HashMap<>();
        Map<ConfigScope, ConfigDefinitions> all = new HashMap<>();
        for (ConfigScope scope : ConfigScope.values()) {
            ConfigDefinitions table = new ConfigDefinitions(scope);
            byId.put(scope.id(), table);
            all.put(scope, table);
        }
        String text = read();
        int from = 0;
        while (from < text.length()) {
            int end = text.indexOf('\n', from);
            end = end < 0 ? text.length() : end;
            int tab = text.indexOf('\t', from);
            ConfigDefinitions table = tab < 0 || text.charAt(from) == '#' ? null : byId.get(text.substring(from, tab));
            if (table != null && tab < end) {
                int nameEnd = text.indexOf('\t', tab + 1);
                table.lines.put(text.substring(tab + 1, nameEnd), text.substring(from, end));
            }
            from = end + 1;
        }
        return all;
    }

    private static String read() {
        try (InputStream in = ConfigDefinitions.class.getResourceAsStream("definitions.tsv")) {
            if (in == null) {
                throw new IllegalStateException("definitions.tsv is missing beside the configuration classes");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read definitions.tsv beside the configuration classes", e);
        }
    }

    private ConfigDefinition parse(String[] column) {
        String value = column[3];
        return new ConfigDefinition(
                scope,
                column[1],
                type(column[2]),
                value.equals("!") || value.equals("~") ? null : value,
                value.equals("!"),
                column[4],
                importance(column[5]),
                UpdateMode.ofId(column[6]),
                column[7].equals("internal"));
    }

    private static ConfigDef.Type type(String text) {
        return switch (text) {
            case "boolean" -> ConfigDef.Type.BOOLEAN;
            case "int" -> ConfigDef.Type.INT;
            case "short" -> ConfigDef.Type.SHORT;
            case "long" -> ConfigDef.Type.LONG;
            case "double" -> ConfigDef.Type.DOUBLE;
            case "string" -> ConfigDef.Type.STRING;
            case "list" -> ConfigDef.Type.LIST;
            case "class" -> ConfigDef.Type.CLASS;
            case "password" -> ConfigDef.Type.PASSWORD;
            default -> throw new IllegalStateException("definitions.tsv: unknown type " + text);
        };
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
        String[] columns = new String[COLUMNS];
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
