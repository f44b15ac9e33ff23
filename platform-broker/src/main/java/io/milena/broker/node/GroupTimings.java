package io.milena.broker.node;

import io.milena.coordinator.group.consumer.ConsumerConfig.Timing;
import io.milena.coordinator.group.consumer.ConsumerConfig.Timings;
import io.milena.metadata.ConfigurationsImage;
import io.milena.metadata.config.GroupConfigs;
import io.milena.metadata.config.NodeConfig;
import java.util.function.Supplier;

/** The times of consumer groups: a group's own settings, within the node's bounds, else those of this node. */
final class GroupTimings implements Timings {

    private final NodeConfig node;
    private final GroupConfigs groups;
    private final Supplier<ConfigurationsImage> configs;

    GroupTimings(NodeConfig node, Supplier<ConfigurationsImage> configs) {
        this.node = node;
        this.groups = new GroupConfigs(node);
        this.configs = configs;
    }

    @Override
    public Timing of(String groupId) {
        ConfigurationsImage now = configs.get();
        return new Timing(
                value("session.timeout.ms", groupId, now),
                value("heartbeat.interval.ms", groupId, now),
                value("assignment.interval.ms", groupId, now));
    }

    private int value(String name, String groupId, ConfigurationsImage now) {
        String key = "consumer." + name;
        int value = groups.intValue(key, groupId, now);
        // What was set while the node had other bounds may be out of them.
        int lowest = node.intOf("group.consumer.min." + name);
        return Math.max(lowest, Math.min(value, node.intOf("group.consumer.max." + name)));
    }
}
