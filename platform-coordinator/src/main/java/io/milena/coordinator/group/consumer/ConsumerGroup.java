package io.milena.coordinator.group.consumer;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * State of one consumer group. Changed by {@link ConsumerReplay} alone, except for timers and what is derived from the
 * topics ({@code topicsVersion}).
 */
final class ConsumerGroup {

    final String groupId;
    private final Map<String, ConsumerMember> members = new LinkedHashMap<>();
    private final Map<String, String> memberIdByInstance = new HashMap<>();
    private final Map<String, Partitions> targets = new HashMap<>();
    private final Map<Uuid, Map<Integer, String>> holders = new HashMap<>();
    final ConsumerTimers.OfGroup timers = new ConsumerTimers.OfGroup();

    /** Counts from 1, as Kafka's: the first subscription makes it 2. */
    int epoch = 1;

    long metadataHash;
    int targetEpoch;

    /** Wall clock of the last assignment; 0 if there was none, or nobody knows. */
    long targetTimestampMs;

    /** The version of the topics that {@code metadataHash} was last compared with. */
    long topicsVersion = Long.MIN_VALUE;

    /** Patterns whose topics Apache Kafka wrote down; we look them up anew. */
    final Set<String> resolvedPatterns = new HashSet<>(0);

    /** Apache Kafka before 4.1 wrote down the topics' partitions. */
    boolean hasPartitionMetadata;

    private @Nullable Subscribed subscribed;
    private long subscribedInVersion;

    ConsumerGroup(String groupId) {
        this.groupId = groupId;
    }

    Collection<ConsumerMember> members() {
        return members.values();
    }

    @Nullable
    ConsumerMember member(String memberId) {
        return members.get(memberId);
    }

    @Nullable
    ConsumerMember memberOfInstance(String instanceId) {
        String memberId = memberIdByInstance.get(instanceId);
        return memberId == null ? null : members.get(memberId);
    }

    /** What the members want of the topics; looked up again when either has changed. */
    Subscribed subscribed(TopicsView topics) {
        long version = topics.version(); // before the topics, which may change meanwhile
        Subscribed known = subscribed;
        if (known == null || subscribedInVersion != version) {
            known = Subscribed.of(this, topics);
            subscribed = known;
            subscribedInVersion = version;
        }
        return known;
    }

    /** Sets or replaces a member, and who holds its partitions. */
    void put(ConsumerMember member) {
        ConsumerMember before = members.put(member.memberId(), member);
        if (before == null || !before.subscription().sameTopics(member.subscription())) {
            subscribed = null;
        }
        if (before != null) {
            release(before);
        }
        if (member.instanceId() != null) {
            memberIdByInstance.put(member.instanceId(), member.memberId());
        }
        member.assigned().forEach((id, p) -> hold(id, p, member.memberId()));
        member.pendingRevocation().forEach((id, p) -> hold(id, p, member.memberId()));
    }

    void remove(String memberId) {
        ConsumerMember gone = members.remove(memberId);
        if (gone != null) {
            subscribed = null;
            release(gone);
            if (gone.instanceId() != null) {
                memberIdByInstance.remove(gone.instanceId(), memberId);
            }
        }
    }

    private void hold(Uuid topicId, int partition, String memberId) {
        holders.computeIfAbsent(topicId, t -> new HashMap<>()).put(partition, memberId);
    }

    private void release(ConsumerMember member) {
        member.assigned().forEach((id, p) -> release(id, p, member.memberId()));
        member.pendingRevocation().forEach((id, p) -> release(id, p, member.memberId()));
    }

    private void release(Uuid topicId, int partition, String memberId) {
        Map<Integer, String> partitions = holders.get(topicId);
        if (partitions != null) {
            partitions.remove(partition, memberId);
            if (partitions.isEmpty()) {
                holders.remove(topicId);
            }
        }
    }

    boolean isHeld(Uuid topicId, int partition) {
        Map<Integer, String> partitions = holders.get(topicId);
        return partitions != null && partitions.containsKey(partition);
    }

    Partitions target(String memberId) {
        return targets.getOrDefault(memberId, Partitions.NONE);
    }

    Map<String, Partitions> targets() {
        return targets;
    }

    void setTarget(String memberId, @Nullable Partitions target) {
        if (target == null) {
            targets.remove(memberId);
        } else {
            targets.put(memberId, target);
        }
    }

    /** Kafka's name of the group's state. */
    String stateName() {
        if (members.isEmpty()) {
            return "Empty";
        } else if (epoch > targetEpoch) {
            return "Assigning";
        }
        boolean settled = members.values().stream()
                .allMatch(m -> m.state() == ConsumerMember.State.STABLE && m.epoch() == targetEpoch);
        return settled ? "Stable" : "Reconciling";
    }
}
