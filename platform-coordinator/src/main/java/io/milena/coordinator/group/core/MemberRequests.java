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
    private final ModernGroups modern;

    MemberRequests(Groups groups, RebalanceFlow flow, ModernGroups modern) {
        this.modern = modern;
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
            ClassicMembers others = modern.classicMembers(request.groupId());
            return others == null ? Errors.UNKNOWN_MEMBER_ID : others.heartbeat(turn, request);
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

    void leave(Turn turn, String groupId, List<MemberIdentity> identities, Reply<LeaveGroupResponseData> reply) {
        LeaveGroupResponseData response = new LeaveGroupResponseData();
        ClassicGroup group = groups.find(groupId);
        ClassicMembers others = modern.classicMembers(groupId);
        if (groupId.isEmpty()) {
            reply.answer(response.setErrorCode(Errors.INVALID_GROUP_ID.code()));
        } else if (group == null && others != null) {
            others.leave(turn, groupId, identities, reply);
        } else if (group == null) {
            // Nobody is a member of no group: each of them is told so.
            identities.forEach(identity ->
                    response.members().add(answerTo(identity).setErrorCode(Errors.UNKNOWN_MEMBER_ID.code())));
            reply.answer(response);
        } else if (group.is(DEAD)) {
            reply.answer(response.setErrorCode(Errors.COORDINATOR_NOT_AVAILABLE.code()));
        } else {
            reply.answer(response.setMembers(leave(turn, group, identities)));
        }
    }

    private static MemberResponse answerTo(MemberIdentity identity) {
        return new MemberResponse().setMemberId(identity.memberId()).setGroupInstanceId(identity.groupInstanceId());
    }

    private List<MemberResponse> leave(Turn turn, ClassicGroup group, List<MemberIdentity> identities) {
        List<MemberResponse> answers = new ArrayList<>(identities.size());
        List<String> left = new ArrayList<>();
        for (MemberIdentity identity : identities) {
            answers.add(
                    answerTo(identity).setErrorCode(leave(group, identity, left).code()));
        }
        if (left.isEmpty()) {
            flow.completeJoinIfReady(group, turn); // it may have waited for an id that was handed out and came back
        } else {
            flow.membersLeft(group, "left: " + String.join(", ", left), turn);
        }
        return answers;
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
