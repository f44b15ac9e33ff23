package io.milena.metadata.config;

import java.util.List;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.jspecify.annotations.Nullable;

/**
 * A key's effective value and where it is from, as DescribeConfigs tells it (KIP-133, KIP-226).
 *
 * @param value as text; null if there is none or it is sensitive
 * @param readOnly whether it cannot be changed on this resource while the node runs
 * @param synonyms what was considered, strongest first; the first one is in effect
 */
public record ConfigValue(
        ConfigDefinition definition,
        @Nullable String value,
        ConfigSource source,
        boolean readOnly,
        List<Candidate> synonyms) {
    public String name() {
        return definition.name();
    }

    public boolean isSensitive() {
        return definition.isSensitive();
    }

    /** A value some level gives, under the name it has there. */
    public record Candidate(String name, @Nullable String value, ConfigSource source) {}
}
