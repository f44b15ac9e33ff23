package io.milena.coordinator.group.core;

import static io.milena.coordinator.group.core.GroupState.DEAD;
import static io.milena.coordinator.group.core.GroupState.STABLE;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroup;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroupMember;
import org.apache.kafka.common.message.ListGroupsResponseData.ListedGroup;
import org.apache.kafka.common.protocol.Errors;

/** DescribeGroups and ListGroups: looks, never touches. */
final class GroupDescriptions {

    static final String CLASSIC_TYPE = "classic";
    private static final int GROUP_ID_NOT_FOUND_FROM = 6;
    private static final byte[] NOTHING = new byte[0];

    private final Groups groups;
    private final ModernGroups modern;

    GroupDescriptions(Groups groups, ModernGroups modern) {
        this.modern = modern;
        this.groups = groups;
    }

    DescribedGroup describe(String groupId, short version) {
        ClassicGroup group = groups.find(groupId);
        DescribedGroup answer = new DescribedGroup().setGroupId(groupId);
        if (group == null || group.is(DEAD)) {
            answer.setGroupState(DEAD.kafkaName());
            if (version >= GROUP_ID_NOT_FOUND_FROM) {
                answer.setErrorCode(Errors.GROUP_ID_NOT_FOUND.code())
                        .setErrorMessage(
                                groups.foreignType(groupId) == null && !modern.has(groupId)
                                        ? "Group " + groupId + " not found."
                                        : "Group " + groupId + " is not a classic group.");
            }
            return answer;
        }
        boolean stable = group.is(STABLE);
        String type = group.protocolType();
        String protocol = group.protocol();
        List<DescribedGroupMember> members = new ArrayList<>(group.size());
        for (GroupMember member : group.members()) {
            members.add(new DescribedGroupMember()
                    .setMemberId(member.memberId)
                    .setGroupInstanceId(member.instanceId)
                    .setClientId(member.clientId)
                    .setClientHost(member.clientHost)
                    .setMemberMetadata(stable ? member.metadata(protocol) : NOTHING)
                    .setMemberAssignment(stable ? member.assignment : NOTHING));
        }
        return answer.setGroupState(group.state().kafkaName())
                .setProtocolType(type == null ? "" : type)
                .setProtocolData(stable && protocol != null ? protocol : "")
                .setMembers(members);
    }

    /** Filters are compared without regard to case; an empty one lets everything through (KIP-518, KIP-848). */
    List<ListedGroup> list(Set<String> states, Set<String> types) {
        List<ListedGroup> listed = new ArrayList<>();
        for (ClassicGroup group : groups.all()) {
            String type = group.protocolType();
            if (!group.is(DEAD) && passes(states, group.state().kafkaName()) && passes(types, CLASSIC_TYPE)) {
                listed.add(new ListedGroup()
                        .setGroupId(group.groupId())
                        .setProtocolType(type == null ? "" : type)
                        .setGroupState(group.state().kafkaName())
                        .setGroupType(CLASSIC_TYPE));
            }
        }
        modern.list(states, types, listed);
        return listed;
    }

    private static boolean passes(Set<String> filter, String name) {
        return filter.isEmpty() || filter.contains(name.toLowerCase(Locale.ROOT));
    }
}
