package io.milena.metadata.config;

import io.milena.metadata.ConfigurationsImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;

/** Configuration of client metrics subscriptions (KIP-714). */
public final class ClientMetricsSubscriptions {
    private static final int MIN_INTERVAL_MS = 100;
    private static final int MAX_INTERVAL_MS = 3_600_000;

    /** What of a client a pattern may be about. */
    private static final Set<String> MATCHED = Set.of(
            "client_instance_id",
            "client_id",
            "client_software_name",
            "client_software_version",
            "client_source_address",
            "client_source_port");

    private ClientMetricsSubscriptions() {}

    public static List<ConfigValue> describe(String subscription, ConfigurationsImage configs) {
        Map<String, String> own = configs.of(new ConfigResource(ConfigResource.Type.CLIENT_METRICS, subscription));
        List<ConfigValue> values = new ArrayList<>();
        for (ConfigDefinition definition : ConfigDefinitions.of(ConfigScope.CLIENT_METRICS)) {
            String value = own.get(definition.name());
            // As Apache Kafka tells of them: only what is set has a synonym, itself.
            values.add(
                    value == null
                            ? new ConfigValue(
                                    definition,
                                    definition.defaultValue(),
                                    ConfigSource.DEFAULT_CONFIG,
                                    false,
                                    List.of())
                            : new ConfigValue(
                                    definition,
                                    value,
                                    ConfigSource.CLIENT_METRICS_CONFIG,
                                    false,
                                    List.of(new ConfigValue.Candidate(
                                            definition.name(), value, ConfigSource.CLIENT_METRICS_CONFIG))));
        }
        return values;
    }

    /**
     * Checks all values a subscription would have.
     *
     * @throws InvalidRequestException for an unknown key or an interval out of bounds
     * @throws InvalidConfigurationException for a value that is none
     */
    public static void validate(Map<String, String> values) {
        values.forEach((name, value) -> {
            ConfigDefinition definition = ConfigDefinitions.orNull(ConfigScope.CLIENT_METRICS, name);
            if (definition == null) {
                throw new InvalidRequestException("Unknown client metrics configuration: " + name);
            }
            try {
                Object parsed = definition.parse(value);
                if (name.equals("interval.ms")
                        && parsed instanceof Integer interval
                        && (interval < MIN_INTERVAL_MS || interval > MAX_INTERVAL_MS)) {
                    throw new InvalidRequestException(
                            "Invalid value " + interval + " for interval.ms, interval must be between "
                                    + MIN_INTERVAL_MS + " and " + MAX_INTERVAL_MS + " (1 hour)");
                }
                if (name.equals("match") && parsed instanceof List<?> patterns) {
                    patterns.forEach(each -> checkPattern(String.valueOf(each)));
                }
            } catch (ConfigException e) {
                throw new InvalidConfigurationException(e.getMessage(), e);
            }
        });
    }

    /** One of {@link #MATCHED}, "=", and a regular expression. */
    private static void checkPattern(String pattern) {
        String[] parts = pattern.split("=");
        boolean legal = parts.length == 2 && MATCHED.contains(parts[0].trim());
        try {
            if (legal) {
                Pattern.compile(parts[1].trim());
            }
        } catch (PatternSyntaxException none) {
            legal = false;
        }
        if (!legal) {
            throw new InvalidConfigurationException("Illegal client matching pattern: " + pattern);
        }
    }
}
