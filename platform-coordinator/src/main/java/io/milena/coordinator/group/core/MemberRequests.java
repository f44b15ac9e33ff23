package io.milena.coordinator.group.core;

import static io.milena.coordinator.group.core.GroupState.DEAD;
import static io.milena.coordinator.group.core.GroupState.EMPTY;
import static io.milena.coordinator.group.core.GroupState.PREPARING_REBALANCE;

import io.milena.coordinator.runtime.Turn;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupResponseData.MemberResponse;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** Heartbeat and LeaveGroup. */
final class MemberRequests {

    private final Groups groups;
    private final RebalanceFlow flow;

    MemberRequests(Groups groups, RebalanceFlow flow) {
        this.groups = groups;
        this.flow = flow;
    }

    /** The heart of the hot path: a few map look-ups and one field. */
    Errors heartbeat(Turn turn, HeartbeatRequestData request) {
        if (request.groupId().isEmpty()) {
            return Errors.INVALID_GROUP_ID;
        }
        ClassicGroup group = groups.find(request.groupId());
        if (group == null) {
            return Errors.UNKNOWN_MEMBER_ID;
        }
        if (group.is(DEAD)) {
            return Errors.COORDINATOR_NOT_AVAILABLE;
        }
        Errors error = group.validateMember(request.memberId(), request.groupInstanceId());
        if (error != Errors.NONE) {
            return error;
        }
        if (request.generationId() != group.generation()) {
            return Errors.ILLEGAL_GENERATION;
        }
        GroupMember member = group.member(request.memberId());
        if (member == null || group.is(EMPTY)) {
            return Errors.UNKNOWN_MEMBER_ID;
        }
        flow.extendSession(member, turn);
        return group.is(PREPARING_REBALANCE) ? Errors.REBALANCE_IN_PROGRESS : Errors.NONE;
    }

    LeaveGroupResponseData leave(Turn turn, String groupId, List<MemberIdentity> identities) {
        LeaveGroupResponseData response = new LeaveGroupResponseData();
        if (groupId.isEmpty()) {
            return response.setErrorCode(Errors.INVALID_GROUP_ID.code());
        }
        ClassicGroup group = groups.find(groupId);
        if (group == null) {
            return response.setErrorCode(Errors.UNKNOWN_MEMBER_ID.code());
        }
        if (group.is(DEAD)) {
            return response.setErrorCode(Errors.COORDINATOR_NOT_AVAILABLE.code());
        }
        List<MemberResponse> answers = new ArrayList<>(identities.size());
        List<String> left = new ArrayList<>();
        for (MemberIdentity identity : identities) {
            answers.add(new MemberResponse()
                    .setMemberId(identity.memberId())
                    .setGroupInstanceId(identity.groupInstanceId())
                    .setErrorCode(leave(group, identity, left).code()));
        }
        if (left.isEmpty()) {
            flow.completeJoinIfReady(group, turn); // it may have waited for an id that was handed out and came back
        } else {
            flow.membersLeft(group, "left: " + String.join(", ", left), turn);
        }
        return response.setMembers(answers);
    }

    private Errors leave(ClassicGroup group, MemberIdentity identity, List<String> left) {
        String memberId = identity.memberId();
        String instanceId = identity.groupInstanceId();
        if (flow.settlePendingJoin(group, memberId)) {
            return Errors.NONE;
        }
        if (memberId.isEmpty()) {
            // An administrator removes static members by instance id alone (KIP-345).
            String current = instanceId == null ? null : group.memberIdOf(instanceId);
            return remove(group, current == null ? null : group.member(current), identity, left);
        }
        Errors error = group.validateMember(memberId, instanceId);
        return error != Errors.NONE ? error : remove(group, group.member(memberId), identity, left);
    }

    private Errors remove(
            ClassicGroup group, @Nullable GroupMember member, MemberIdentity identity, List<String> left) {
        if (member == null) {
            return Errors.UNKNOWN_MEMBER_ID;
        }
        flow.remove(group, member);
        String reason = identity.reason();
        left.add(reason == null ? member.memberId : member.memberId + " (" + reason + ")");
        return Errors.NONE;
    }
}
