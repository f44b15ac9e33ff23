package io.milena.metadata.config;

import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * A configuration key as Kafka 4.3.1 defines it.
 *
 * @param defaultValue as text; null if there is none
 * @param required whether a node must set it
 * @param constraint what values are allowed, in the notation of {@link Constraints}; empty means any
 * @param internal whether Kafka hides the key from documentation and DescribeConfigs
 */
public record ConfigDefinition(
        ConfigScope scope,
        String name,
        ConfigDef.Type type,
        @Nullable String defaultValue,
        boolean required,
        String constraint,
        ConfigDef.Importance importance,
        UpdateMode updateMode,
        boolean internal) {

    /** Whether the value must not be shown or logged. */
    public boolean isSensitive() {
        return type == ConfigDef.Type.PASSWORD;
    }

    public boolean isList() {
        return type == ConfigDef.Type.LIST;
    }

    /** What it means, in a sentence or two. Read from a file at the first question. */
    public String documentation() {
        return ConfigDocumentation.of(this);
    }

    /**
     * The value with its type: Boolean, Integer, Short, Long, Double, String, List of String, Password. Class names stay
     * text: no class is loaded here.
     *
     * @throws ConfigException with Kafka's words if the text is not a value of the type or breaks the constraint
     */
    public @Nullable Object parse(@Nullable String text) {
        Object value = ConfigDef.parseType(name, text, type == ConfigDef.Type.CLASS ? ConfigDef.Type.STRING : type);
        ConfigDef.Validator validator = Constraints.validator(constraint);
        if (validator != null) {
            validator.ensureValid(name, value);
        }
        return value;
    }
}
