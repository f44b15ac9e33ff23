package io.milena.controller.core;

import io.milena.records.metadata.ConfigRecord;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.Nullable;

/** Dynamic configuration of topics, brokers, the cluster (broker ""), groups and client-metrics subscriptions. */
public final class Configs {
    private static final ConfigResource CLUSTER = new ConfigResource(ConfigResource.Type.BROKER, "");
    private final Map<ConfigResource, Map<String, String>> configs = new HashMap<>();

    /** What is set on a resource itself; unmodifiable view. */
    public Map<String, String> of(ConfigResource resource) {
        Map<String, String> found = configs.get(resource);
        return found == null ? Map.of() : java.util.Collections.unmodifiableMap(found);
    }

    public Map<String, String> ofTopic(String topic) {
        return of(new ConfigResource(ConfigResource.Type.TOPIC, topic));
    }

    public Map<String, String> ofCluster() {
        return of(CLUSTER);
    }

    /** A topic's value: its own, else the cluster-wide dynamic one, else the static one or the default. */
    @Nullable
    String effective(String topic, String key, ConfigRules rules) {
        String own = ofTopic(topic).get(key);
        if (own != null) {
            return own;
        }
        String cluster = ofCluster().get(rules.brokerSynonym(key));
        return cluster != null ? cluster : rules.topicDefault(key);
    }

    void replay(ConfigRecord record) {
        ConfigResource resource =
                new ConfigResource(ConfigResource.Type.forId(record.resourceType()), record.resourceName());
        String value = record.value();
        if (value != null) {
            configs.computeIfAbsent(resource, each -> new TreeMap<>()).put(record.name(), value);
            return;
        }
        Map<String, String> values = configs.get(resource);
        if (values != null) {
            values.remove(record.name());
            if (values.isEmpty()) {
                configs.remove(resource);
            }
        }
    }

    void removeTopic(String topic) {
        configs.remove(new ConfigResource(ConfigResource.Type.TOPIC, topic));
    }
}
