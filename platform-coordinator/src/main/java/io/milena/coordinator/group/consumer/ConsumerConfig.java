package io.milena.coordinator.group.consumer;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Limits of consumer groups, by Kafka's property names.
 *
 * @param timings of each group
 * @param maxSize most members of a group
 * @param enabled whether {@code group.coordinator.rebalance.protocols} has them
 */
public record ConsumerConfig(
        Timings timings, int maxSize, MigrationPolicy migration, Assignors assignors, boolean enabled) {

    /** The times of a group, which may have settings of its own; asked at every use, since they may change. */
    @FunctionalInterface
    public interface Timings {
        Timing of(String groupId);
    }

    /**
     * The times of one group in milliseconds.
     *
     * @param sessionTimeoutMs how long a member may be silent
     * @param heartbeatIntervalMs how often it is asked to heartbeat
     * @param assignmentIntervalMs shortest time between two assignments; 0 assigns with every change
     */
    public record Timing(int sessionTimeoutMs, int heartbeatIntervalMs, int assignmentIntervalMs) {}

    /**
     * Reads Kafka's properties; absent keys take Kafka's defaults.
     *
     * @throws IllegalArgumentException names the key whose value is no number or out of range
     */
    public static ConsumerConfig from(Map<String, String> properties) {
        Timing timing = new Timing(
                number(properties, "group.consumer.session.timeout.ms", 45_000, 1),
                number(properties, "group.consumer.heartbeat.interval.ms", 5_000, 1),
                number(properties, "group.consumer.assignment.interval.ms", 1_000, 0));
        return new ConsumerConfig(
                groupId -> timing,
                number(properties, "group.consumer.max.size", Integer.MAX_VALUE, 1),
                MigrationPolicy.of(properties.getOrDefault(
                        "group.consumer.migration.policy", MigrationPolicy.BIDIRECTIONAL.name())),
                Assignors.from(properties),
                protocols(properties).contains("consumer"));
    }

    /** The same limits, with times that are looked up for each group. */
    public ConsumerConfig with(Timings newTimings) {
        return new ConsumerConfig(newTimings, maxSize, migration, assignors, enabled);
    }

    private static Set<String> protocols(Map<String, String> properties) {
        String key = "group.coordinator.rebalance.protocols";
        String listed = properties.getOrDefault(key, "classic,consumer,streams");
        Set<String> protocols =
                Arrays.stream(listed.split(",", -1)).map(String::trim).collect(Collectors.toSet());
        if (!protocols.contains("classic")) {
            throw new IllegalArgumentException(key + ": the classic protocol cannot be disabled");
        }
        return protocols;
    }

    private static int number(Map<String, String> properties, String key, int absent, int lowest) {
        String text = properties.get(key);
        try {
            int value = text == null ? absent : Integer.parseInt(text.trim());
            if (value < lowest) {
                throw new IllegalArgumentException(key + " must be at least " + lowest + ", not " + value);
            }
            return value;
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(key + " is not a whole number: '" + text + "'", e);
        }
    }
}
