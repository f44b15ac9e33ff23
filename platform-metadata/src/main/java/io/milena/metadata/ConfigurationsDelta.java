package io.milena.metadata;

import io.milena.records.metadata.ConfigRecord;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigResource;
import org.pcollections.PMap;

/** Configuration values set and removed since the base image. */
public final class ConfigurationsDelta {
    private final ConfigurationsImage base;
    private final Map<ConfigResource, Map<String, Optional<String>>> changes = new LinkedHashMap<>();

    ConfigurationsDelta(ConfigurationsImage base) {
        this.base = base;
    }

    /** The configuration before. */
    public ConfigurationsImage base() {
        return base;
    }

    /** Resource to key to new value, empty if removed; unmodifiable. */
    public Map<ConfigResource, Map<String, Optional<String>>> changes() {
        return Collections.unmodifiableMap(changes);
    }

    void replay(ConfigRecord record) {
        ConfigResource resource =
                new ConfigResource(ConfigResource.Type.forId(record.resourceType()), record.resourceName());
        changesOf(resource).put(record.name(), Optional.ofNullable(record.value()));
    }

    /** A topic's configuration goes with the topic. */
    void topicRemoved(String topic) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        Map<String, Optional<String>> pending = changes.get(resource);
        if (pending == null && base.of(resource).isEmpty()) {
            return;
        }
        Map<String, Optional<String>> ofTopic = changesOf(resource);
        ofTopic.replaceAll((name, value) -> Optional.empty());
        base.of(resource).keySet().forEach(name -> ofTopic.put(name, Optional.empty()));
    }

    void finishSnapshot() {
        base.resources().forEach((resource, values) -> {
            Map<String, Optional<String>> ofResource = changesOf(resource);
            values.keySet().forEach(name -> ofResource.putIfAbsent(name, Optional.empty()));
        });
    }

    ConfigurationsImage apply() {
        PMap<ConfigResource, Map<String, String>> next = base.persistent();
        for (Map.Entry<ConfigResource, Map<String, Optional<String>>> entry : changes.entrySet()) {
            Map<String, String> values = Deltas.applied(base.of(entry.getKey()), entry.getValue());
            next = values.isEmpty() ? next.minus(entry.getKey()) : next.plus(entry.getKey(), values);
        }
        return new ConfigurationsImage(next);
    }

    private Map<String, Optional<String>> changesOf(ConfigResource resource) {
        return changes.computeIfAbsent(resource, key -> new LinkedHashMap<>());
    }
}
