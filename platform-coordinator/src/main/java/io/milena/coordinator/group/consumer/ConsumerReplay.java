package io.milena.coordinator.group.consumer;

import io.milena.coordinator.group.consumer.ConsumerMember.ClassicMetadata;
import io.milena.coordinator.group.consumer.ConsumerMember.Profile;
import io.milena.coordinator.group.consumer.ConsumerMember.Progress;
import io.milena.coordinator.group.consumer.ConsumerMember.State;
import io.milena.coordinator.group.consumer.ConsumerMember.Subscription;
import io.milena.coordinator.group.core.Caller;
import io.milena.coordinator.group.core.Protocol;
import io.milena.coordinator.runtime.CoordinatorRecord;
import io.milena.records.group.ConsumerGroupCurrentMemberAssignmentKey;
import io.milena.records.group.ConsumerGroupCurrentMemberAssignmentValue;
import io.milena.records.group.ConsumerGroupCurrentMemberAssignmentValue.TopicPartitions;
import io.milena.records.group.ConsumerGroupMemberMetadataKey;
import io.milena.records.group.ConsumerGroupMemberMetadataValue;
import io.milena.records.group.ConsumerGroupMetadataKey;
import io.milena.records.group.ConsumerGroupMetadataValue;
import io.milena.records.group.ConsumerGroupPartitionMetadataKey;
import io.milena.records.group.ConsumerGroupRegularExpressionKey;
import io.milena.records.group.ConsumerGroupTargetAssignmentMemberKey;
import io.milena.records.group.ConsumerGroupTargetAssignmentMemberValue;
import io.milena.records.group.ConsumerGroupTargetAssignmentMetadataKey;
import io.milena.records.group.ConsumerGroupTargetAssignmentMetadataValue;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;

/** Applies records to consumer groups; tolerant of their order, since compaction may have taken any of the older ones. */
final class ConsumerReplay {

    final Map<String, ConsumerGroup> groups = new HashMap<>();

    static boolean owns(ApiMessage key) {
        return key instanceof ConsumerGroupMetadataKey
                || key instanceof ConsumerGroupMemberMetadataKey
                || key instanceof ConsumerGroupTargetAssignmentMetadataKey
                || key instanceof ConsumerGroupTargetAssignmentMemberKey
                || key instanceof ConsumerGroupCurrentMemberAssignmentKey
                || key instanceof ConsumerGroupPartitionMetadataKey
                || key instanceof ConsumerGroupRegularExpressionKey;
    }

    void apply(CoordinatorRecord record) {
        ApiMessage key = record.key();
        ApiMessage value = record.value();
        if (key instanceof ConsumerGroupMetadataKey group) {
            applyGroup(group.groupId(), (ConsumerGroupMetadataValue) value);
        } else if (key instanceof ConsumerGroupMemberMetadataKey member) {
            ifThere(
                    member.groupId(),
                    value,
                    group -> applyMember(group, member.memberId(), (ConsumerGroupMemberMetadataValue) value));
        } else if (key instanceof ConsumerGroupTargetAssignmentMetadataKey target) {
            ifThere(
                    target.groupId(),
                    value,
                    group -> applyTargetEpoch(group, (ConsumerGroupTargetAssignmentMetadataValue) value));
        } else if (key instanceof ConsumerGroupTargetAssignmentMemberKey target) {
            ifThere(
                    target.groupId(),
                    value,
                    group -> group.setTarget(
                            target.memberId(), target((ConsumerGroupTargetAssignmentMemberValue) value)));
        } else if (key instanceof ConsumerGroupCurrentMemberAssignmentKey place) {
            ifThere(
                    place.groupId(),
                    value,
                    group -> applyPlace(group, place.memberId(), (ConsumerGroupCurrentMemberAssignmentValue) value));
        } else if (key instanceof ConsumerGroupPartitionMetadataKey metadata) {
            ifThere(metadata.groupId(), value, group -> group.hasPartitionMetadata = value != null);
        } else if (key instanceof ConsumerGroupRegularExpressionKey pattern) {
            ifThere(pattern.groupId(), value, group -> remember(group, pattern.regularExpression(), value != null));
        }
    }

    private static void remember(ConsumerGroup group, String pattern, boolean isWritten) {
        if (isWritten) {
            group.resolvedPatterns.add(pattern);
        } else {
            group.resolvedPatterns.remove(pattern);
        }
    }

    /** A value makes the group that it belongs to; a tombstone does not, since its group may be gone with an earlier record. */
    private void ifThere(String groupId, @Nullable ApiMessage value, Consumer<ConsumerGroup> action) {
        ConsumerGroup group = value == null ? groups.get(groupId) : group(groupId);
        if (group != null) {
            action.accept(group);
        }
    }

    /** How to take back what {@link #apply} of this record is about to change. */
    Runnable undoOf(CoordinatorRecord record) {
        ApiMessage key = record.key();
        if (key instanceof ConsumerGroupMetadataKey group) {
            return undoOfGroup(group.groupId());
        } else if (key instanceof ConsumerGroupMemberMetadataKey member) {
            return undoOfMember(member.groupId(), member.memberId());
        } else if (key instanceof ConsumerGroupTargetAssignmentMetadataKey target) {
            ConsumerGroup group = group(target.groupId());
            int epoch = group.targetEpoch;
            long timestampMs = group.targetTimestampMs;
            return () -> {
                group.targetEpoch = epoch;
                group.targetTimestampMs = timestampMs;
            };
        } else if (key instanceof ConsumerGroupTargetAssignmentMemberKey target) {
            ConsumerGroup group = group(target.groupId());
            Partitions before = group.targets().get(target.memberId());
            return () -> group.setTarget(target.memberId(), before);
        } else if (key instanceof ConsumerGroupCurrentMemberAssignmentKey place) {
            return undoOfMember(place.groupId(), place.memberId());
        } else if (key instanceof ConsumerGroupPartitionMetadataKey metadata) {
            ConsumerGroup group = group(metadata.groupId());
            boolean before = group.hasPartitionMetadata;
            return () -> group.hasPartitionMetadata = before;
        } else if (key instanceof ConsumerGroupRegularExpressionKey pattern) {
            ConsumerGroup group = group(pattern.groupId());
            boolean before = group.resolvedPatterns.contains(pattern.regularExpression());
            return () -> remember(group, pattern.regularExpression(), before);
        }
        return () -> {};
    }

    private Runnable undoOfGroup(String groupId) {
        ConsumerGroup group = groups.get(groupId);
        if (group == null) {
            return () -> groups.remove(groupId);
        }
        int epoch = group.epoch;
        long metadataHash = group.metadataHash;
        return () -> {
            groups.put(groupId, group);
            group.epoch = epoch;
            group.metadataHash = metadataHash;
        };
    }

    private Runnable undoOfMember(String groupId, String memberId) {
        ConsumerGroup group = group(groupId);
        ConsumerMember before = group.member(memberId);
        return () -> {
            if (before == null) {
                group.remove(memberId);
            } else {
                group.put(before);
            }
        };
    }

    private ConsumerGroup group(String groupId) {
        return groups.computeIfAbsent(groupId, ConsumerGroup::new);
    }

    private void applyGroup(String groupId, @Nullable ConsumerGroupMetadataValue value) {
        if (value == null) {
            groups.remove(groupId);
        } else {
            ConsumerGroup group = group(groupId);
            group.epoch = value.epoch();
            group.metadataHash = value.metadataHash();
        }
    }

    private static void applyTargetEpoch(
            ConsumerGroup group, @Nullable ConsumerGroupTargetAssignmentMetadataValue value) {
        group.targetEpoch = value == null ? 0 : value.assignmentEpoch();
        group.targetTimestampMs = value == null ? 0 : value.assignmentTimestamp();
    }

    private static void applyMember(
            ConsumerGroup group, String memberId, @Nullable ConsumerGroupMemberMetadataValue value) {
        if (value == null) {
            group.remove(memberId);
            return;
        }
        ConsumerMember before = group.member(memberId);
        group.put((before == null ? ConsumerMember.joining(memberId) : before).with(profile(value)));
    }

    private static Profile profile(ConsumerGroupMemberMetadataValue value) {
        String regex = value.subscribedTopicRegex();
        var classic = value.classicMemberMetadata();
        return new Profile(
                value.instanceId(),
                value.rackId(),
                new Caller(value.clientId(), value.clientHost()),
                value.rebalanceTimeoutMs(),
                new Subscription(
                        new LinkedHashSet<>(value.subscribedTopicNames()),
                        regex == null ? "" : regex,
                        value.serverAssignor()),
                classic == null
                        ? null
                        : new ClassicMetadata(
                                classic.sessionTimeoutMs(),
                                classic.supportedProtocols().stream()
                                        .map(p -> new Protocol(p.name(), p.metadata()))
                                        .toList()));
    }

    private static void applyPlace(
            ConsumerGroup group, String memberId, @Nullable ConsumerGroupCurrentMemberAssignmentValue value) {
        ConsumerMember before = group.member(memberId);
        if (value == null) {
            if (before != null) {
                group.put(before.with(new Progress(-1, -1, State.STABLE, Partitions.NONE, Partitions.NONE)));
            }
            return;
        }
        group.put((before == null ? ConsumerMember.joining(memberId) : before)
                .with(new Progress(
                        value.memberEpoch(),
                        value.previousMemberEpoch(),
                        State.of(value.state()),
                        partitions(value.assignedPartitions(), value.memberEpoch()),
                        partitions(value.partitionsPendingRevocation(), value.memberEpoch()))));
    }

    /** Releases before 4.3 wrote no epochs of assignment: then it is the member's epoch, 0 for one that is away. */
    private static Partitions partitions(List<TopicPartitions> topics, int memberEpoch) {
        Partitions partitions = new Partitions();
        for (TopicPartitions topic : topics) {
            List<Integer> epochs = topic.assignmentEpochs();
            boolean known =
                    epochs != null && epochs.size() == topic.partitions().size();
            for (int i = 0; i < topic.partitions().size(); i++) {
                int epoch = known ? epochs.get(i) : Math.max(memberEpoch, 0);
                partitions.add(topic.topicId(), topic.partitions().get(i), epoch);
            }
        }
        return partitions;
    }

    private static @Nullable Partitions target(@Nullable ConsumerGroupTargetAssignmentMemberValue value) {
        if (value == null) {
            return null;
        }
        Partitions partitions = new Partitions();
        value.topicPartitions().forEach(t -> t.partitions().forEach(p -> partitions.add(t.topicId(), p)));
        return partitions;
    }
}
