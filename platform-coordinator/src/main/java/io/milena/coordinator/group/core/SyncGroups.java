package io.milena.coordinator.group.core;

import static io.milena.coordinator.group.core.GroupState.DEAD;

import io.milena.coordinator.runtime.Turn;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** SyncGroup: the leader brings the assignment, everybody takes their part of it home. */
final class SyncGroups {

    private final Groups groups;
    private final RebalanceFlow flow;
    private final ModernGroups modern;

    SyncGroups(Groups groups, RebalanceFlow flow, ModernGroups modern) {
        this.modern = modern;
        this.groups = groups;
        this.flow = flow;
    }

    void sync(Turn turn, SyncGroupRequestData request, Reply<SyncGroupResponseData> reply) {
        ClassicGroup group = groups.find(request.groupId());
        ClassicMembers others = group == null ? modern.classicMembers(request.groupId()) : null;
        if (others != null) {
            others.sync(turn, request, reply);
            return;
        }
        Errors error = validate(group, request);
        GroupMember member = group == null ? null : group.member(request.memberId());
        if (error != Errors.NONE || group == null || member == null) {
            reply.answer(Answers.sync(error == Errors.NONE ? Errors.UNKNOWN_MEMBER_ID : error));
            return;
        }
        switch (group.state()) {
            case PREPARING_REBALANCE:
                reply.answer(Answers.sync(Errors.REBALANCE_IN_PROGRESS));
                break;
            case COMPLETING_REBALANCE:
                member.answerSync(Answers.sync(Errors.REBALANCE_IN_PROGRESS)); // asked twice: the first is given up
                member.awaitingSync = reply;
                flow.synced(group, member.memberId);
                if (group.isLeader(member.memberId)) {
                    flow.assign(group, assignments(request), turn);
                }
                break;
            case STABLE:
                flow.synced(group, member.memberId);
                flow.extendSession(member, turn);
                reply.answer(RebalanceFlow.syncAnswer(group, member));
                break;
            default:
                reply.answer(Answers.sync(Errors.UNKNOWN_MEMBER_ID));
        }
    }

    private static Errors validate(@Nullable ClassicGroup group, SyncGroupRequestData request) {
        if (request.groupId().isEmpty()) {
            return Errors.INVALID_GROUP_ID;
        }
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
        boolean consistent = agrees(request.protocolType(), group.protocolType())
                && agrees(request.protocolName(), group.protocol());
        return consistent ? Errors.NONE : Errors.INCONSISTENT_GROUP_PROTOCOL;
    }

    private static boolean agrees(@Nullable String said, @Nullable String known) {
        return said == null || known == null || said.equals(known);
    }

    private static Map<String, byte[]> assignments(SyncGroupRequestData request) {
        Map<String, byte[]> assignments = new HashMap<>();
        request.assignments().forEach(a -> assignments.put(a.memberId(), a.assignment()));
        return assignments;
    }
}
