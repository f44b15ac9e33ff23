package io.milena.metadata;

import io.milena.records.metadata.ClearElrRecord;
import io.milena.records.metadata.PartitionChangeRecord;
import io.milena.records.metadata.PartitionRecord;
import io.milena.records.metadata.RemoveTopicRecord;
import io.milena.records.metadata.TopicRecord;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.pcollections.PMap;

/** Topics created, changed and deleted since the base image. */
public final class TopicsDelta {
    private final TopicsImage base;
    private final Map<Uuid, TopicDelta> changed = new LinkedHashMap<>();
    private final Map<String, Uuid> createdByName = new HashMap<>();
    private final Set<Uuid> deletedIds = new LinkedHashSet<>();
    /** The topic last changed: a snapshot tells all partitions of a topic in a row. */
    private @Nullable TopicDelta latest;

    TopicsDelta(TopicsImage base) {
        this.base = base;
    }

    /** The topics before. */
    public TopicsImage base() {
        return base;
    }

    /** Created and changed topics by id, unmodifiable, in the order of their first change. */
    public Map<Uuid, TopicDelta> changedTopics() {
        return Collections.unmodifiableMap(changed);
    }

    /**
     * Ids of topics that were in the base image and are gone; unmodifiable. A topic of the same name may be among the
     * changed ones, with another id. What was created and removed within this delta is in neither.
     */
    public Set<Uuid> deletedTopicIds() {
        return Collections.unmodifiableSet(deletedIds);
    }

    /** Topics deleted, as they were; in no particular order. */
    public Set<TopicImage> deletedTopics() {
        Set<TopicImage> topics = new LinkedHashSet<>();
        for (Uuid id : deletedIds) {
            base.topic(id).ifPresent(topics::add);
        }
        return topics;
    }

    public Optional<TopicDelta> changedTopic(Uuid id) {
        return Optional.ofNullable(changed.get(id));
    }

    /** Whether the topic did not exist in the base image. */
    public boolean isNew(Uuid id) {
        return base.topicOrNull(id) == null;
    }

    void replay(TopicRecord record) {
        TopicImage before = base.topicOrNull(record.topicId());
        TopicImage start = before != null && before.name().equals(record.name())
                ? before
                : new TopicImage(record.name(), record.topicId(), PartitionTable.EMPTY);
        latest = new TopicDelta(start, true);
        changed.put(record.topicId(), latest);
        createdByName.put(record.name(), record.topicId());
    }

    void replay(PartitionRecord record) {
        deltaOf(record.topicId(), "Partition").replay(record);
    }

    void replay(PartitionChangeRecord record) {
        deltaOf(record.topicId(), "PartitionChange").replay(record);
    }

    /** Forgets the topic. @return its name */
    String replay(RemoveTopicRecord record) {
        Uuid id = record.topicId();
        String name = deltaOf(id, "RemoveTopic").name();
        changed.remove(id);
        latest = null;
        createdByName.remove(name, id);
        if (base.topicOrNull(id) != null) {
            deletedIds.add(id);
        }
        return name;
    }

    void replay(ClearElrRecord record) {
        if (!record.topicName().isEmpty()) {
            deltaOf(idOf(record.topicName()), "ClearElr").clearElr();
            return;
        }
        for (TopicImage topic : base.topics()) {
            if (!deletedIds.contains(topic.id())) {
                deltaOf(topic.id(), "ClearElr").clearElr();
            }
        }
        changed.values().forEach(TopicDelta::clearElr);
        latest = null;
        changed.values().removeIf(topic -> topic.partitionChanges().isEmpty() && !isNew(topic.id()));
    }

    /** Everything of the base that the snapshot did not mention is gone. */
    void finishSnapshot() {
        for (Uuid id : base.byId().keySet()) {
            if (!changed.containsKey(id)) {
                deletedIds.add(id);
            }
        }
    }

    TopicsImage apply() {
        PMap<String, TopicImage> byName = base.persistentByName();
        PMap<Uuid, TopicImage> byId = base.persistentById();
        for (Uuid id : deletedIds) {
            TopicImage topic = base.topicOrNull(id);
            if (topic != null && !changed.containsKey(id)) {
                byName = byName.minus(topic.name());
                byId = byId.minus(id);
            }
        }
        for (TopicDelta delta : changed.values()) {
            TopicImage topic = delta.apply();
            byName = byName.plus(topic.name(), topic);
            byId = byId.plus(topic.id(), topic);
        }
        return new TopicsImage(byName, byId);
    }

    private TopicDelta deltaOf(@Nullable Uuid id, String recordName) {
        TopicDelta known = latest;
        if (known != null && known.id().equals(id)) {
            return known;
        }
        TopicDelta delta = id == null ? null : changed.get(id);
        if (delta != null) {
            latest = delta;
            return delta;
        }
        TopicImage topic = id == null || deletedIds.contains(id) ? null : base.topicOrNull(id);
        if (id == null || topic == null) {
            throw new IllegalStateException("A " + recordName + " record names topic " + id + ", which does not exist");
        }
        TopicDelta fresh = new TopicDelta(topic, false);
        changed.put(id, fresh);
        return fresh;
    }

    private @Nullable Uuid idOf(String name) {
        Uuid created = createdByName.get(name);
        if (created != null) {
            return created;
        }
        TopicImage topic = base.topicOrNull(name);
        return topic == null ? null : topic.id();
    }
}
