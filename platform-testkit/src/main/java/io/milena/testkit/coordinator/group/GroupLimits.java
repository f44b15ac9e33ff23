package io.milena.testkit.coordinator.group;

import io.milena.coordinator.group.consumer.ConsumerConfig;
import io.milena.coordinator.group.core.GroupConfig;
import io.milena.coordinator.runtime.RuntimeConfig;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.record.internal.CompressionType;

/** The topic that groups consume and the times of a group's life, short, so that much happens in a simulated second. */
final class GroupLimits {
    static final String TOPIC = "t";
    static final Uuid TOPIC_ID = new Uuid(1, 1);
    static final int PARTITIONS = 5;

    static final int SESSION_MS = 3_000;
    static final int REBALANCE_MS = 4_000;
    static final int CONSUMER_HEARTBEAT_MS = 400;
    static final int ASSIGNMENT_INTERVAL_MS = 200;
    static final int WRITE_TIMEOUT_MS = 1_500;

    private GroupLimits() {}

    static GroupConfig classic(int threads) {
        return new GroupConfig(
                1_000,
                60_000,
                200,
                Integer.MAX_VALUE,
                6_000,
                4_096,
                7L * 24 * 3_600_000,
                5_000,
                new RuntimeConfig(threads, WRITE_TIMEOUT_MS, CompressionType.NONE));
    }

    static ConsumerConfig consumer() {
        return ConsumerConfig.from(Map.of(
                "group.consumer.session.timeout.ms", String.valueOf(SESSION_MS),
                "group.consumer.heartbeat.interval.ms", String.valueOf(CONSUMER_HEARTBEAT_MS),
                "group.consumer.assignment.interval.ms", String.valueOf(ASSIGNMENT_INTERVAL_MS)));
    }
}
