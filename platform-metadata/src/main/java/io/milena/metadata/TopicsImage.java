package io.milena.metadata;

import io.milena.records.VersionedRecord;
import io.milena.records.metadata.TopicRecord;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/** All topics by name and by id, immutable; a change shares everything but the path to it. */
public final class TopicsImage {
    public static final TopicsImage EMPTY = new TopicsImage(HashTreePMap.empty(), HashTreePMap.empty());

    private final PMap<String, TopicImage> byName;
    private final PMap<Uuid, TopicImage> byId;

    TopicsImage(PMap<String, TopicImage> byName, PMap<Uuid, TopicImage> byId) {
        this.byName = byName;
        this.byId = byId;
    }

    public Optional<TopicImage> topic(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    public Optional<TopicImage> topic(Uuid id) {
        return Optional.ofNullable(byId.get(id));
    }

    /** For hot paths: null if there is no such topic. */
    public @Nullable TopicImage topicOrNull(String name) {
        return byName.get(name);
    }

    /** For hot paths: null if there is no such topic. */
    public @Nullable TopicImage topicOrNull(Uuid id) {
        return byId.get(id);
    }

    public Optional<PartitionRegistration> partition(Uuid topicId, int partitionId) {
        TopicImage topic = byId.get(topicId);
        return topic == null ? Optional.empty() : topic.partition(partitionId);
    }

    public Optional<PartitionRegistration> partition(String topic, int partitionId) {
        TopicImage image = byName.get(topic);
        return image == null ? Optional.empty() : image.partition(partitionId);
    }

    /** All topics, unmodifiable, in no particular order. */
    public Collection<TopicImage> topics() {
        return byName.values();
    }

    /** Topic name to topic, unmodifiable. */
    public Map<String, TopicImage> byName() {
        return byName;
    }

    /** Topic id to topic, unmodifiable. */
    public Map<Uuid, TopicImage> byId() {
        return byId;
    }

    public int size() {
        return byId.size();
    }

    public boolean isEmpty() {
        return byId.isEmpty();
    }

    PMap<String, TopicImage> persistentByName() {
        return byName;
    }

    PMap<Uuid, TopicImage> persistentById() {
        return byId;
    }

    void write(Consumer<VersionedRecord> out, MetadataVersion version, boolean elrEnabled) {
        for (TopicImage topic : byId.values()) {
            out.accept(
                    new VersionedRecord(new TopicRecord().setName(topic.name()).setTopicId(topic.id()), 0));
            topic.forEachPartition(
                    (partition, id) -> out.accept(partition.toRecord(topic.id(), id, version, elrEnabled)));
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || (other instanceof TopicsImage that && byId.equals(that.byId));
    }

    @Override
    public int hashCode() {
        return byId.hashCode();
    }

    @Override
    public String toString() {
        return "TopicsImage" + byName.values();
    }
}
