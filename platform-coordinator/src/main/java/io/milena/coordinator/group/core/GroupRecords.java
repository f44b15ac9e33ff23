package io.milena.coordinator.group.core;

import io.milena.coordinator.runtime.CoordinatorRecord;
import io.milena.records.group.GroupMetadataKey;
import io.milena.records.group.GroupMetadataValue;
import io.milena.records.group.OffsetCommitKey;
import io.milena.records.group.OffsetCommitValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/** The records that the classic protocol writes, in the value versions of Kafka 4.3.1. */
final class GroupRecords {

    private static final int GROUP_METADATA_VERSION = 3;
    private static final int OFFSET_COMMIT_VERSION = 4;

    /** The only version with an expiry time-stamp of the commit's own. */
    private static final int OFFSET_COMMIT_WITH_EXPIRY_VERSION = 1;

    private static final byte[] NOTHING = new byte[0];

    private GroupRecords() {}

    static CoordinatorRecord offset(String groupId, TopicPartition partition, CommittedOffset offset) {
        OffsetCommitValue value = new OffsetCommitValue()
                .setOffset(offset.offset())
                .setLeaderEpoch(offset.leaderEpoch())
                .setMetadata(offset.metadata())
                .setCommitTimestamp(offset.commitTimestampMs())
                .setExpireTimestamp(offset.expireTimestampMs())
                .setTopicId(offset.topicId());
        return CoordinatorRecord.of(
                offsetKey(groupId, partition),
                value,
                offset.hasOwnExpiry() ? OFFSET_COMMIT_WITH_EXPIRY_VERSION : OFFSET_COMMIT_VERSION);
    }

    static CoordinatorRecord offsetTombstone(String groupId, TopicPartition partition) {
        return CoordinatorRecord.tombstone(offsetKey(groupId, partition));
    }

    private static OffsetCommitKey offsetKey(String groupId, TopicPartition partition) {
        return new OffsetCommitKey()
                .setGroup(groupId)
                .setTopic(partition.topic())
                .setPartition(partition.partition());
    }

    /** The group as it stands, with these assignments by member id; who is not named has none. */
    static CoordinatorRecord group(ClassicGroup group, Map<String, byte[]> assignments) {
        List<GroupMetadataValue.MemberMetadata> members = new ArrayList<>(group.size());
        for (GroupMember member : group.members()) {
            members.add(new GroupMetadataValue.MemberMetadata()
                    .setMemberId(member.memberId)
                    .setGroupInstanceId(member.instanceId)
                    .setClientId(member.clientId)
                    .setClientHost(member.clientHost)
                    .setRebalanceTimeout(member.rebalanceTimeoutMs)
                    .setSessionTimeout(member.sessionTimeoutMs)
                    .setSubscription(member.metadata(group.protocol()))
                    .setAssignment(assignments.getOrDefault(member.memberId, NOTHING)));
        }
        String protocolType = group.protocolType();
        GroupMetadataValue value = new GroupMetadataValue()
                .setProtocolType(protocolType == null ? "" : protocolType)
                .setGeneration(group.generation())
                .setProtocol(group.protocol())
                .setLeader(group.leaderId())
                .setCurrentStateTimestamp(group.stateTimestampMs())
                .setMembers(members);
        return CoordinatorRecord.of(new GroupMetadataKey().setGroup(group.groupId()), value, GROUP_METADATA_VERSION);
    }

    static CoordinatorRecord groupTombstone(String groupId) {
        return CoordinatorRecord.tombstone(new GroupMetadataKey().setGroup(groupId));
    }
}
