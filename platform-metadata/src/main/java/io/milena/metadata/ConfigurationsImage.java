package io.milena.metadata;

import io.milena.records.VersionedRecord;
import io.milena.records.metadata.ConfigRecord;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/** Dynamic configuration by resource, immutable. The cluster-wide broker default is the broker resource named "". */
public final class ConfigurationsImage {
    public static final ConfigurationsImage EMPTY = new ConfigurationsImage(HashTreePMap.empty());

    private final PMap<ConfigResource, Map<String, String>> resources;

    ConfigurationsImage(PMap<ConfigResource, Map<String, String>> resources) {
        this.resources = resources;
    }

    /** Key to value of the resource, unmodifiable and sorted; empty if it has none. */
    public Map<String, String> of(ConfigResource resource) {
        Map<String, String> values = resources.get(resource);
        return values == null ? Map.of() : values;
    }

    public Map<String, String> ofTopic(String topic) {
        return of(new ConfigResource(ConfigResource.Type.TOPIC, topic));
    }

    public Map<String, String> ofBroker(int brokerId) {
        return of(new ConfigResource(ConfigResource.Type.BROKER, Integer.toString(brokerId)));
    }

    /** The cluster-wide dynamic default of brokers. */
    public Map<String, String> ofBrokerDefault() {
        return of(new ConfigResource(ConfigResource.Type.BROKER, ""));
    }

    public Map<String, String> ofGroup(String groupId) {
        return of(new ConfigResource(ConfigResource.Type.GROUP, groupId));
    }

    /** All resources that have values, unmodifiable. */
    public Map<ConfigResource, Map<String, String>> resources() {
        return resources;
    }

    public boolean isEmpty() {
        return resources.isEmpty();
    }

    PMap<ConfigResource, Map<String, String>> persistent() {
        return resources;
    }

    void write(Consumer<VersionedRecord> out) {
        resources.forEach((resource, values) -> values.forEach((name, value) -> out.accept(new VersionedRecord(
                new ConfigRecord()
                        .setResourceType(resource.type().id())
                        .setResourceName(resource.name())
                        .setName(name)
                        .setValue(value),
                0))));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || (other instanceof ConfigurationsImage that && resources.equals(that.resources));
    }

    @Override
    public int hashCode() {
        return resources.hashCode();
    }

    @Override
    public String toString() {
        return "ConfigurationsImage" + resources.keySet();
    }
}
