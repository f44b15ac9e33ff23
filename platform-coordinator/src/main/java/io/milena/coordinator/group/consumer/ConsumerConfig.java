package io.milena.coordinator.group.consumer;

import java.util.Map;

/** Limits of consumer groups, by Kafka's property names; milliseconds. */
public record ConsumerConfig(int sessionTimeoutMs, int heartbeatIntervalMs, int maxSize) {

    /**
     * Reads Kafka's properties; absent keys take Kafka's defaults.
     *
     * @throws IllegalArgumentException names the key whose value is no number or out of range
     */
    public static ConsumerConfig from(Map<String, String> properties) {
        return new ConsumerConfig(
                number(properties, "group.consumer.session.timeout.ms", 45_000),
                number(properties, "group.consumer.heartbeat.interval.ms", 5_000),
                number(properties, "group.consumer.max.size", Integer.MAX_VALUE));
    }

    private static int number(Map<String, String> properties, String key, int absent) {
        String text = properties.get(key);
        try {
            int value = text == null ? absent : Integer.parseInt(text.trim());
            if (value < 1) {
                throw new IllegalArgumentException(key + " must be at least 1, not " + value);
            }
            return value;
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(key + " is not a whole number: '" + text + "'", e);
        }
    }
}
