package io.milena.coordinator.group.consumer;

import io.milena.coordinator.group.core.GroupView;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.Assignment;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.DescribedGroup;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.Member;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.TopicPartitions;
import org.apache.kafka.common.message.ListGroupsResponseData.ListedGroup;
import org.jspecify.annotations.Nullable;

/** What others are told of a consumer group: looks, never touches. */
final class ConsumerDescriptions {

    private static final String PROTOCOL_TYPE = "consumer";
    private static final byte CLASSIC_MEMBER = 0;
    private static final byte CONSUMER_MEMBER = 1;

    private final TopicsView topics;

    ConsumerDescriptions(TopicsView topics) {
        this.topics = topics;
    }

    /** For ListGroups, or null if a filter does not let it through. */
    static @Nullable ListedGroup listed(ConsumerGroup group, Set<String> states, Set<String> types) {
        if (!passes(states, group.stateName()) || !passes(types, ConsumerGroups.TYPE)) {
            return null;
        }
        return new ListedGroup()
                .setGroupId(group.groupId)
                .setProtocolType(PROTOCOL_TYPE)
                .setGroupState(group.stateName())
                .setGroupType(ConsumerGroups.TYPE);
    }

    private static boolean passes(Set<String> filter, String name) {
        return filter.isEmpty() || filter.contains(name.toLowerCase(Locale.ROOT));
    }

    static GroupView view(ConsumerGroup group, String assignor, Map<TopicPartition, Long> offsets) {
        List<GroupView.Member> members = new ArrayList<>();
        group.members()
                .forEach(m -> members.add(new GroupView.Member(
                        m.memberId(),
                        m.instanceId(),
                        m.profile().client().clientId(),
                        m.profile().client().clientHost())));
        return new GroupView(
                group.groupId,
                ConsumerGroups.TYPE,
                group.stateName(),
                PROTOCOL_TYPE,
                assignor,
                group.epoch,
                members,
                offsets);
    }

    /** For ConsumerGroupDescribe. */
    DescribedGroup describe(ConsumerGroup group, String assignor) {
        List<Member> members = new ArrayList<>();
        group.members().forEach(member -> members.add(describe(group, member)));
        return new DescribedGroup()
                .setGroupId(group.groupId)
                .setGroupState(group.stateName())
                .setGroupEpoch(group.epoch)
                .setAssignmentEpoch(group.targetEpoch)
                .setAssignorName(assignor)
                .setMembers(members);
    }

    private Member describe(ConsumerGroup group, ConsumerMember member) {
        Partitions owned = new Partitions(); // what it must give up is its own until it did
        owned.addAll(member.assigned());
        owned.addAll(member.pendingRevocation());
        return new Member()
                .setMemberId(member.memberId())
                .setInstanceId(member.instanceId())
                .setRackId(member.profile().rackId())
                .setMemberEpoch(member.epoch())
                .setClientId(member.profile().client().clientId())
                .setClientHost(member.profile().client().clientHost())
                .setSubscribedTopicNames(new ArrayList<>(member.subscription().topicNames()))
                .setSubscribedTopicRegex(member.subscription().topicRegex())
                .setMemberType(member.usesClassicProtocol() ? CLASSIC_MEMBER : CONSUMER_MEMBER)
                .setAssignment(described(owned))
                .setTargetAssignment(described(group.target(member.memberId())));
    }

    private Assignment described(Partitions partitions) {
        List<TopicPartitions> described = new ArrayList<>();
        partitions.byTopic().forEach((id, indexes) -> {
            String name = topics.topicName(id);
            if (name != null) {
                described.add(new TopicPartitions()
                        .setTopicId(id)
                        .setTopicName(name)
                        .setPartitions(new ArrayList<>(indexes.keySet())));
            }
        });
        return new Assignment().setTopicPartitions(described);
    }
}
