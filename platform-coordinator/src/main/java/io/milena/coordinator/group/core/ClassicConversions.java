package io.milena.coordinator.group.core;

import io.milena.coordinator.runtime.CoordinatorRecord;
import io.milena.coordinator.runtime.TimerQueue;
import io.milena.coordinator.runtime.Turn;
import io.milena.records.group.GroupMetadataValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** Classic groups made of something else: of a record, or of a group of another type, and the way back. */
final class ClassicConversions implements ClassicGroups {

    private final Groups groups;
    private final RebalanceFlow flow;
    private final int maxSize;

    ClassicConversions(Groups groups, RebalanceFlow flow, int maxSize) {
        this.groups = groups;
        this.flow = flow;
        this.maxSize = maxSize;
    }

    @Override
    public Kind kindOf(String groupId) {
        ClassicGroup group = groups.find(groupId);
        if (group == null) {
            return groups.foreignType(groupId) == null ? Kind.NONE : Kind.FOREIGN;
        }
        switch (group.state()) {
            case DEAD:
                return Kind.DELETED;
            case EMPTY:
                return Kind.EMPTY;
            default:
                return Kind.LIVING;
        }
    }

    @Override
    public @Nullable ClassicSnapshot find(String groupId) {
        ClassicGroup group = groups.find(groupId);
        return group == null ? null : snapshot(group);
    }

    @Override
    public int maxSize() {
        return maxSize;
    }

    private static ClassicSnapshot snapshot(ClassicGroup group) {
        List<ClassicSnapshot.Member> members = new ArrayList<>(group.size());
        for (GroupMember member : group.members()) {
            members.add(new ClassicSnapshot.Member(
                    member.memberId,
                    member.instanceId,
                    new Caller(member.clientId, member.clientHost),
                    new ClassicSnapshot.TimeOuts(member.rebalanceTimeoutMs, member.sessionTimeoutMs),
                    member.protocols,
                    member.assignment));
        }
        return new ClassicSnapshot(
                group.groupId(), group.generation(), group.protocolType(), group.protocol(), members);
    }

    @Override
    public List<CoordinatorRecord> giveUp(Turn turn, String groupId) {
        ClassicGroup group = Objects.requireNonNull(groups.find(groupId), groupId);
        ClassicSnapshot before = snapshot(group);
        boolean settled = group.is(GroupState.EMPTY) || group.is(GroupState.STABLE);
        String leader = group.leaderId();
        long sinceMs = group.stateTimestampMs();
        flow.end(group, Errors.REBALANCE_IN_PROGRESS, turn);
        groups.remove(groupId);
        turn.changed(() -> {
            if (groups.find(groupId) == null) {
                ClassicGroup again = groups.findOrCreate(groupId);
                restore(again, before, leader, sinceMs);
                again.persisted = group.persisted;
                again.members().forEach(member -> flow.extendSession(member, turn));
                if (!settled && again.size() > 0) {
                    flow.prepare(again, "its conversion was not written", turn);
                }
            }
        });
        return group.persisted ? List.of(GroupRecords.groupTombstone(groupId)) : List.of();
    }

    @Override
    public List<CoordinatorRecord> takeOver(Turn turn, ClassicSnapshot members, @Nullable String rebalanceReason) {
        ClassicGroup group = groups.findOrCreate(members.groupId());
        String leader = members.members().get(0).memberId();
        restore(group, members, leader, turn.wallClockMs());
        group.restoreProtocol();
        turn.changed(() -> {
            flow.end(group, Errors.REBALANCE_IN_PROGRESS, turn);
            groups.remove(group.groupId());
        });
        Map<String, byte[]> assignments = new HashMap<>();
        group.members().forEach(member -> {
            assignments.put(member.memberId, member.assignment);
            flow.extendSession(member, turn);
        });
        List<CoordinatorRecord> records = List.of(GroupRecords.group(group, assignments));
        if (rebalanceReason != null) {
            flow.prepare(group, rebalanceReason, turn);
        }
        return records;
    }

    /** Takes over what a record says. */
    void restore(ClassicGroup group, GroupMetadataValue value) {
        String protocol = value.protocol();
        List<ClassicSnapshot.Member> members = new ArrayList<>(value.members().size());
        for (GroupMetadataValue.MemberMetadata m : value.members()) {
            members.add(new ClassicSnapshot.Member(
                    m.memberId(),
                    m.groupInstanceId(),
                    new Caller(m.clientId(), m.clientHost()),
                    new ClassicSnapshot.TimeOuts(
                            m.rebalanceTimeout() < 0 ? m.sessionTimeout() : m.rebalanceTimeout(), m.sessionTimeout()),
                    List.of(new Protocol(protocol == null ? "" : protocol, m.subscription())),
                    m.assignment()));
        }
        String type = value.protocolType().isEmpty() ? null : value.protocolType();
        ClassicSnapshot said = new ClassicSnapshot(group.groupId(), value.generation(), type, protocol, members);
        restore(group, said, value.leader(), value.currentStateTimestamp());
    }

    private void restore(ClassicGroup group, ClassicSnapshot said, @Nullable String leader, long sinceMs) {
        List<GroupMember> members =
                said.members().stream().map(member -> member(group, member)).toList();
        group.restore(said.protocolType(), said.protocol(), leader, said.generation(), sinceMs, members);
    }

    private GroupMember member(ClassicGroup group, ClassicSnapshot.Member said) {
        GroupMember[] self = new GroupMember[1];
        GroupMember member = new GroupMember(
                said.memberId(),
                said.instanceId(),
                said.client().clientId(),
                said.client().clientHost(),
                said.timeOuts().rebalanceMs(),
                said.timeOuts().sessionMs(),
                said.protocols(),
                new TimerQueue.Timer(late -> flow.sessionExpired(group, self[0], late)));
        self[0] = member;
        member.assignment = said.assignment();
        return member;
    }
}
