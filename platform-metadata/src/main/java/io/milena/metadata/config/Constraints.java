package io.milena.metadata.config;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * The notation of allowed values: {@code range 1..10} (either end may be open), {@code oneof a,b}, {@code anycase A,B},
 * {@code list} or {@code list a,b} (no duplicates), {@code nonempty}, {@code nonnull}, and names of special rules. Messages are
 * Kafka's, for clients show them and tests read them.
 */
final class Constraints {
    private static final Map<String, ConfigDef.Validator> CACHE = new ConcurrentHashMap<>();

    private Constraints() {}

    static ConfigDef.@Nullable Validator validator(String constraint) {
        if (constraint.isEmpty()) {
            return null;
        }
        ConfigDef.Validator known = CACHE.get(constraint);
        if (known == null) {
            known = create(constraint);
            CACHE.put(constraint, known);
        }
        return known;
    }

    private static ConfigDef.Validator create(String constraint) {
        int space = constraint.indexOf(' ');
        String rule = space < 0 ? constraint : constraint.substring(0, space);
        String argument = space < 0 ? "" : constraint.substring(space + 1);
        return switch (rule) {
            case "range" -> range(argument);
            case "oneof" -> ConfigDef.ValidString.in(argument.split(","));
            case "anycase" -> ConfigDef.CaseInsensitiveValidString.in(argument.split(","));
            case "list" ->
                argument.isEmpty()
                        ? ConfigDef.ValidList.anyNonDuplicateValues(true, true)
                        : ConfigDef.ValidList.in(argument.split(","));
            case "filled-list" -> ConfigDef.ValidList.anyNonDuplicateValues(false, false);
            case "filled-list-or-null" -> ConfigDef.ValidList.anyNonDuplicateValues(false, true);
            case "filled-list-of" -> ConfigDef.ValidList.in(false, argument.split(","));
            case "nonempty" -> new ConfigDef.NonEmptyString();
            case "nonnull" -> new ConfigDef.NonNullValidator();
            case "gzip-level" -> Constraints::gzipLevel;
            case "throttled-replicas" -> Constraints::throttledReplicas;
            case "auto-offset-reset" -> Constraints::autoOffsetReset;
            // Checked by NodeConfig, with the whole configuration at hand.
            case "voters", "bootstrap-servers" -> (name, value) -> {};
            default -> throw new IllegalArgumentException("Unknown constraint '" + constraint + "'");
        };
    }

    private static ConfigDef.Validator range(String bounds) {
        int dots = bounds.indexOf("..");
        String min = bounds.substring(0, dots);
        String max = bounds.substring(dots + 2);
        if (max.isEmpty()) {
            return ConfigDef.Range.atLeast(number(min));
        }
        return ConfigDef.Range.between(number(min), number(max));
    }

    private static Number number(String text) {
        return text.indexOf('.') >= 0 ? (Number) Double.valueOf(text) : (Number) Long.valueOf(text);
    }

    private static void gzipLevel(String name, @Nullable Object value) {
        int level = value instanceof Integer number ? number : 0;
        if (level != -1 && (level < 1 || level > 9)) {
            throw new ConfigException(name, value, "Value must be between 1 and 9 or equal to -1");
        }
    }

    /** Either "*" or pairs of partition and broker (KIP-73). */
    private static void throttledReplicas(String name, @Nullable Object value) {
        if (value == null) {
            throw new ConfigException(name, null);
        }
        List<?> replicas = (List<?>) value;
        boolean wildcard = replicas.stream()
                .anyMatch(replica -> "*".equals(replica.toString().trim()));
        boolean pairs =
                replicas.stream().allMatch(replica -> isPair(replica.toString().trim()));
        if (!wildcard && !pairs) {
            throw new ConfigException(
                    name,
                    value,
                    name + " must be the literal '*' or a list of replicas in the following format: "
                            + "[partitionId]:[brokerId],[partitionId]:[brokerId],...");
        }
    }

    private static boolean isPair(String text) {
        int colon = text.indexOf(':');
        return colon > 0 && isDigits(text, 0, colon) && isDigits(text, colon + 1, text.length());
    }

    private static boolean isDigits(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (!Character.isDigit(text.charAt(i))) {
                return false;
            }
        }
        return to > from;
    }

    private static void autoOffsetReset(String name, @Nullable Object value) {
        String text = value == null ? "" : value.toString();
        boolean known = text.equals("latest") || text.equals("earliest");
        if (!known) {
            try {
                if (text.startsWith("by_duration:")) {
                    known = !java.time.Duration.parse(text.substring("by_duration:".length()))
                            .isNegative();
                }
            } catch (java.time.format.DateTimeParseException e) {
                throw new ConfigException(
                        name, value, "Unable to parse duration string in by_duration strategy: " + e.getParsedString());
            }
        }
        if (!known) {
            throw new ConfigException(
                    name,
                    value,
                    "Invalid value `" + text
                            + "` for configuration " + name
                            + ". The value must be either 'earliest', 'latest' or of the format 'by_duration:<PnDTnHnMn.nS>'.");
        }
    }
}
