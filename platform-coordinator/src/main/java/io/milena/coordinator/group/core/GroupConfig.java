package io.milena.coordinator.group.core;

import io.milena.coordinator.runtime.RuntimeConfig;
import java.util.Map;
import org.apache.kafka.common.record.internal.CompressionType;

/**
 * The coordinator's limits, by Kafka's property names. Times are milliseconds, sizes bytes.
 *
 * @param newMemberJoinTimeoutMs how long the JoinGroup of a member that does not know its id yet may wait (Kafka: 5 min)
 * @param runtime {@code group.coordinator.threads}, {@code offsets.commit.timeout.ms}, {@code offsets.topic.compression.codec}
 */
public record GroupConfig(
        int minSessionTimeoutMs,
        int maxSessionTimeoutMs,
        int initialRebalanceDelayMs,
        int maxSize,
        int newMemberJoinTimeoutMs,
        int offsetMetadataMaxBytes,
        long offsetsRetentionMs,
        long offsetsRetentionCheckIntervalMs,
        RuntimeConfig runtime) {

    /** Kafka 4.3.1's defaults. */
    public static GroupConfig defaults() {
        return from(Map.of());
    }

    /**
     * Reads Kafka's properties; absent keys take Kafka's defaults.
     *
     * @throws IllegalArgumentException names the key whose value is no number or out of range
     */
    public static GroupConfig from(Map<String, String> properties) {
        int minSession = number(properties, "group.min.session.timeout.ms", 6_000, 1);
        int maxSession = number(properties, "group.max.session.timeout.ms", 1_800_000, 1);
        if (minSession > maxSession) {
            throw new IllegalArgumentException("group.min.session.timeout.ms (" + minSession
                    + ") is greater than group.max.session.timeout.ms (" + maxSession + ")");
        }
        return new GroupConfig(
                minSession,
                maxSession,
                number(properties, "group.initial.rebalance.delay.ms", 3_000, 0),
                number(properties, "group.max.size", Integer.MAX_VALUE, 1),
                300_000,
                number(properties, "offset.metadata.max.bytes", 4_096, 0),
                60_000L * number(properties, "offsets.retention.minutes", 10_080, 1),
                number(properties, "offsets.retention.check.interval.ms", 600_000, 1),
                new RuntimeConfig(
                        number(properties, "group.coordinator.threads", 4, 1),
                        number(properties, "offsets.commit.timeout.ms", 5_000, 1),
                        CompressionType.forId(number(properties, "offsets.topic.compression.codec", 0, 0))));
    }

    /** The same limits with another number of milliseconds to wait for the first members of an empty group. */
    public GroupConfig withInitialRebalanceDelayMs(int delayMs) {
        return new GroupConfig(
                minSessionTimeoutMs,
                maxSessionTimeoutMs,
                delayMs,
                maxSize,
                newMemberJoinTimeoutMs,
                offsetMetadataMaxBytes,
                offsetsRetentionMs,
                offsetsRetentionCheckIntervalMs,
                runtime);
    }

    private static int number(Map<String, String> properties, String key, int absent, int lowest) {
        String text = properties.get(key);
        if (text == null) {
            return absent;
        }
        int value;
        try {
            value = Integer.parseInt(text.trim());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(key + " is not a whole number: '" + text + "'", e);
        }
        if (value < lowest) {
            throw new IllegalArgumentException(key + " must be at least " + lowest + ", not " + value);
        }
        return value;
    }
}
