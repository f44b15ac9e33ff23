package io.milena.broker.app;

import io.milena.metadata.config.NodeConfig;
import io.milena.metadata.config.NodeConfigSources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A node's configuration from where an operator puts it. */
final class NodeProperties {
    private static final Logger LOG = LoggerFactory.getLogger(NodeProperties.class);

    private NodeProperties() {}

    /**
     * The file's properties, {@code KAFKA_…} variables where there is no file, and the overrides above both.
     *
     * @throws IllegalArgumentException if the file cannot be read; InvalidNodeConfigException if a value is wrong
     */
    static NodeConfig load(@Nullable Path file, Map<String, String> overrides) {
        Map<String, String> properties =
                new HashMap<>(file == null ? NodeConfigSources.environment(System.getenv()) : read(file));
        properties.putAll(overrides);
        NodeConfig config = NodeConfig.of(properties);
        config.warnings().forEach(warning -> LOG.warn("Configuration: {}", warning));
        return config;
    }

    private static Map<String, String> read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException(
                    "There is no file " + file.toAbsolutePath() + " to read the configuration from");
        }
        try {
            return NodeConfigSources.file(file);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "Cannot read the configuration file " + file.toAbsolutePath() + ": " + e.getMessage(), e);
        }
    }
}
