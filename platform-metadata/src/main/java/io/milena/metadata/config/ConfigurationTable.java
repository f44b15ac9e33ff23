package io.milena.metadata.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes docs/configuration.md from the definitions. */
public final class ConfigurationTable {
    private ConfigurationTable() {}

    /**
     * Writes the table.
     *
     * @param args the file to write
     * @throws IOException if it cannot be written
     */
    public static void main(String[] args) throws IOException {
        Files.writeString(Path.of(args[0]), markdown(), StandardCharsets.UTF_8);
    }

    /** The whole page. */
    public static String markdown() {
        StringBuilder page = new StringBuilder("""
                # Configuration

                Generated from the code (`io.milena.metadata.config.ConfigurationTable`); do not edit.

                Every key of Apache Kafka 4.3.1 is known here, so that existing files are read without complaint. What a key
                does is in the column *here*: it works; it is accepted but has no effect yet; or it is refused with a clear
                message. Keys come from a properties file, from Spring's environment under `milena.node.`, or from variables
                of the `apache/kafka` image (`KAFKA_NODE_ID` is `node.id`). Keys that begin with `listener.name.` belong to
                one listener, keys that begin with `milena.` are ours. Unknown keys give a warning with the nearest known name.
                """);
        section(page, "Nodes", ConfigScope.NODE);
        notNeeded(page);
        section(page, "Topics", ConfigScope.TOPIC);
        section(page, "Groups", ConfigScope.GROUP);
        section(page, "Client metrics", ConfigScope.CLIENT_METRICS);
        return page.toString();
    }

    private static void section(StringBuilder page, String title, ConfigScope scope) {
        page.append("\n## ").append(title).append("\n\n");
        boolean node = scope == ConfigScope.NODE;
        page.append(
                node
                        ? "| key | type | default | dynamic | here | meaning |\n| --- | --- | --- | --- | --- | --- |\n"
                        : "| key | type | default | here | meaning |\n| --- | --- | --- | --- | --- |\n");
        for (ConfigDefinition definition : ConfigDefinitions.of(scope)) {
            if (!definition.internal() && Works.effectOf(definition) != Works.Effect.NOT_NEEDED) {
                page.append("| `").append(definition.name()).append("` | ");
                page.append(definition.type().name().toLowerCase(java.util.Locale.ROOT))
                        .append(" | ");
                page.append(defaultText(definition)).append(" | ");
                if (node) {
                    page.append(definition.updateMode().id()).append(" | ");
                }
                page.append(Works.effectOf(definition).title()).append(" | ");
                page.append(definition.documentation().replace("|", "\\|")).append(" |\n");
            }
        }
    }

    /** Accepted, so that existing files are read, and never of any effect. */
    private static void notNeeded(StringBuilder page) {
        page.append("\n### Keys of Apache Kafka that nothing here corresponds to\n\n| key | why |\n| --- | --- |\n");
        for (ConfigDefinition definition : ConfigDefinitions.of(ConfigScope.NODE)) {
            if (Works.effectOf(definition) == Works.Effect.NOT_NEEDED) {
                page.append("| `")
                        .append(definition.name())
                        .append("` | ")
                        .append(Works.reasonOf(definition))
                        .append(" |\n");
            }
        }
    }

    private static String defaultText(ConfigDefinition definition) {
        if (definition.required()) {
            return "required";
        }
        String value = definition.defaultValue();
        return value == null ? "" : value.isEmpty() ? "empty" : "`" + value + "`";
    }
}
