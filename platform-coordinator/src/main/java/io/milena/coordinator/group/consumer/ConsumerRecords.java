package io.milena.coordinator.group.consumer;

import io.milena.coordinator.group.consumer.ConsumerMember.ClassicMetadata;
import io.milena.coordinator.runtime.CoordinatorRecord;
import io.milena.records.group.ConsumerGroupCurrentMemberAssignmentKey;
import io.milena.records.group.ConsumerGroupCurrentMemberAssignmentValue;
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
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The records of consumer groups, types 3 and 5 to 8, all at version 0. */
final class ConsumerRecords {

    private ConsumerRecords() {}

    static CoordinatorRecord group(String groupId, int epoch, long metadataHash) {
        return CoordinatorRecord.of(
                new ConsumerGroupMetadataKey().setGroupId(groupId),
                new ConsumerGroupMetadataValue().setEpoch(epoch).setMetadataHash(metadataHash),
                0);
    }

    static CoordinatorRecord member(String groupId, ConsumerMember member) {
        return CoordinatorRecord.of(
                memberKey(groupId, member.memberId()),
                new ConsumerGroupMemberMetadataValue()
                        .setInstanceId(member.instanceId())
                        .setRackId(member.profile().rackId())
                        .setClientId(member.profile().client().clientId())
                        .setClientHost(member.profile().client().clientHost())
                        .setSubscribedTopicNames(new ArrayList<>(
                                new TreeSet<>(member.subscription().topicNames())))
                        .setSubscribedTopicRegex(member.subscription().topicRegex())
                        .setRebalanceTimeoutMs(member.rebalanceTimeoutMs())
                        .setServerAssignor(member.subscription().assignor())
                        .setClassicMemberMetadata(classic(member.profile().classic())),
                0);
    }

    private static ConsumerGroupMemberMetadataValue.@Nullable ClassicMemberMetadata classic(
            @Nullable ClassicMetadata said) {
        if (said == null) {
            return null;
        }
        return new ConsumerGroupMemberMetadataValue.ClassicMemberMetadata()
                .setSessionTimeoutMs(said.sessionTimeoutMs())
                .setSupportedProtocols(said.protocols().stream()
                        .map(p -> new ConsumerGroupMemberMetadataValue.ClassicProtocol()
                                .setName(p.name())
                                .setMetadata(p.metadata()))
                        .toList());
    }

    static CoordinatorRecord targetEpoch(String groupId, int epoch, long timestampMs) {
        return CoordinatorRecord.of(
                new ConsumerGroupTargetAssignmentMetadataKey().setGroupId(groupId),
                new ConsumerGroupTargetAssignmentMetadataValue()
                        .setAssignmentEpoch(epoch)
                        .setAssignmentTimestamp(timestampMs),
                0);
    }

    static CoordinatorRecord target(String groupId, String memberId, Partitions target) {
        List<ConsumerGroupTargetAssignmentMemberValue.TopicPartition> topics = new ArrayList<>();
        target.byTopic()
                .forEach((id, partitions) -> topics.add(new ConsumerGroupTargetAssignmentMemberValue.TopicPartition()
                        .setTopicId(id)
                        .setPartitions(new ArrayList<>(partitions.keySet()))));
        return CoordinatorRecord.of(
                targetKey(groupId, memberId),
                new ConsumerGroupTargetAssignmentMemberValue().setTopicPartitions(topics),
                0);
    }

    static CoordinatorRecord place(String groupId, ConsumerMember member) {
        return CoordinatorRecord.of(
                placeKey(groupId, member.memberId()),
                new ConsumerGroupCurrentMemberAssignmentValue()
                        .setMemberEpoch(member.epoch())
                        .setPreviousMemberEpoch(member.progress().previousEpoch())
                        .setState(member.state().id)
                        .setAssignedPartitions(topics(member.assigned()))
                        .setPartitionsPendingRevocation(topics(member.pendingRevocation())),
                0);
    }

    private static List<ConsumerGroupCurrentMemberAssignmentValue.TopicPartitions> topics(Partitions partitions) {
        List<ConsumerGroupCurrentMemberAssignmentValue.TopicPartitions> topics = new ArrayList<>();
        partitions
                .byTopic()
                .forEach((id, indexes) -> topics.add(new ConsumerGroupCurrentMemberAssignmentValue.TopicPartitions()
                        .setTopicId(id)
                        .setPartitions(new ArrayList<>(indexes.keySet()))
                        .setAssignmentEpochs(new ArrayList<>(indexes.values()))));
        return topics;
    }

    /** What is left of a member when it goes: nothing. In the order that readers expect. */
    static List<CoordinatorRecord> memberGone(String groupId, String memberId) {
        return List.of(
                CoordinatorRecord.tombstone(placeKey(groupId, memberId)),
                CoordinatorRecord.tombstone(targetKey(groupId, memberId)),
                CoordinatorRecord.tombstone(memberKey(groupId, memberId)));
    }

    /** What is left of a group without members when it goes: nothing, not even what Apache Kafka wrote and we do not use. */
    static List<CoordinatorRecord> groupGone(ConsumerGroup group) {
        String groupId = group.groupId;
        List<CoordinatorRecord> records = new ArrayList<>();
        records.add(CoordinatorRecord.tombstone(new ConsumerGroupTargetAssignmentMetadataKey().setGroupId(groupId)));
        group.resolvedPatterns.forEach(pattern -> records.add(CoordinatorRecord.tombstone(
                new ConsumerGroupRegularExpressionKey().setGroupId(groupId).setRegularExpression(pattern))));
        if (group.hasPartitionMetadata) {
            records.add(CoordinatorRecord.tombstone(new ConsumerGroupPartitionMetadataKey().setGroupId(groupId)));
        }
        records.add(CoordinatorRecord.tombstone(new ConsumerGroupMetadataKey().setGroupId(groupId)));
        return records;
    }

    private static ConsumerGroupMemberMetadataKey memberKey(String groupId, String memberId) {
        return new ConsumerGroupMemberMetadataKey().setGroupId(groupId).setMemberId(memberId);
    }

    private static ConsumerGroupTargetAssignmentMemberKey targetKey(String groupId, String memberId) {
        return new ConsumerGroupTargetAssignmentMemberKey().setGroupId(groupId).setMemberId(memberId);
    }

    private static ConsumerGroupCurrentMemberAssignmentKey placeKey(String groupId, String memberId) {
        return new ConsumerGroupCurrentMemberAssignmentKey().setGroupId(groupId).setMemberId(memberId);
    }
}
