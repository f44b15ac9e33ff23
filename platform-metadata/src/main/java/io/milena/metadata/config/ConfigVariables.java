package io.milena.metadata.config;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;

/**
 * Values of a node's file that stand elsewhere (KIP-297): <code>${file:/run/secrets:key}</code> becomes what the provider of that name
 * in {@code config.providers} says. What is set dynamically is not resolved: it comes from clients.
 */
final class ConfigVariables {
    private static final String PROVIDERS = "config.providers";

    private ConfigVariables() {}

    /** @throws InvalidNodeConfigException if a provider is none, or fails */
    static Map<String, String> resolve(Map<String, String> properties) {
        if (properties.getOrDefault(PROVIDERS, "").isBlank()) {
            return properties;
        }
        Map<String, String> resolved = new TreeMap<>();
        try {
            new AbstractConfig(new ConfigDef(), properties, Map.copyOf(properties), false)
                    .originals()
                    .forEach((name, value) -> resolved.put(name, String.valueOf(value)));
        } catch (KafkaException failed) {
            throw new InvalidNodeConfigException(
                    List.of(PROVIDERS + ": a provider cannot be set up or does not answer; got '"
                            + properties.get(PROVIDERS) + "' (" + failed.getMessage() + "); correct " + PROVIDERS
                            + ".<name>.class, its parameters, or the variable"));
        }
        return resolved;
    }
}
