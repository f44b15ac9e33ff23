package io.milena.coordinator.group.core;

import static io.milena.coordinator.group.core.GroupState.COMPLETING_REBALANCE;
import static io.milena.coordinator.group.core.GroupState.DEAD;
import static io.milena.coordinator.group.core.GroupState.EMPTY;
import static io.milena.coordinator.group.core.GroupState.PREPARING_REBALANCE;
import static io.milena.coordinator.group.core.GroupState.STABLE;

import io.milena.coordinator.runtime.TimerQueue;
import io.milena.coordinator.runtime.Turn;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** JoinGroup (KIP-394 known member ids, KIP-345 static members, KIP-814 skipped assignments). */
final class JoinGroups {

    private static final int MEMBER_ID_REQUIRED_FROM = 4;
    private static final int SKIP_ASSIGNMENT_FROM = 9;

    private final GroupConfig config;
    private final Groups groups;
    private final RebalanceFlow flow;
    private final UnaryOperator<String> memberIds;
    private final ModernGroups modern;

    /** @param memberIds makes an id that nobody else has from a prefix */
    JoinGroups(
            GroupConfig config,
            Groups groups,
            RebalanceFlow flow,
            UnaryOperator<String> memberIds,
            ModernGroups modern) {
        this.modern = modern;
        this.config = config;
        this.groups = groups;
        this.flow = flow;
        this.memberIds = memberIds;
    }

    /** One JoinGroup, with its protocols in our form. */
    private record Call(
            JoinGroupRequestData request,
            List<Protocol> protocols,
            Caller caller,
            short version,
            Reply<JoinGroupResponseData> reply) {

        String memberId() {
            return request.memberId();
        }

        @Nullable
        String instanceId() {
            return request.groupInstanceId();
        }

        int rebalanceTimeoutMs() {
            return request.rebalanceTimeoutMs() < 0 ? request.sessionTimeoutMs() : request.rebalanceTimeoutMs();
        }

        String because(String what) {
            String reason = request.reason();
            return reason == null || reason.isEmpty() ? what : what + "; client reason: " + reason;
        }

        void fail(String memberId, Errors error) {
            reply.answer(Answers.join(memberId, error));
        }
    }

    void join(
            Turn turn, JoinGroupRequestData request, Caller caller, short version, Reply<JoinGroupResponseData> reply) {
        List<Protocol> protocols = new ArrayList<>(request.protocols().size());
        request.protocols().forEach(p -> protocols.add(new Protocol(p.name(), p.metadata())));
        Call call = new Call(request, protocols, caller, version, reply);
        boolean unknownMember = call.memberId().isEmpty();
        Errors refused = validate(call);
        if (refused != Errors.NONE) {
            call.fail(call.memberId(), refused);
            return;
        }
        ClassicMembers others = modern.classicMembers(request.groupId());
        if (others != null && !modern.isEmpty(request.groupId())) {
            others.join(turn, request, caller, version, reply);
            return;
        }
        if (unknownMember && modern.has(request.groupId())) {
            // Nobody is left in it: the id becomes a classic group's.
            turn.write(modern.erase(turn, request.groupId()), (later, error) -> {});
        }
        ClassicGroup group = groups.find(request.groupId());
        if (group == null) {
            if (!unknownMember) {
                call.fail(call.memberId(), Errors.UNKNOWN_MEMBER_ID);
                return;
            }
            group = groups.findOrCreate(request.groupId());
        }
        if (group.is(DEAD)) {
            call.fail(call.memberId(), Errors.COORDINATOR_NOT_AVAILABLE);
        } else if (!hasRoomFor(group, call.memberId())) {
            GroupMember member = group.member(call.memberId());
            if (member != null) {
                flow.remove(group, member);
            }
            flow.settlePendingJoin(group, call.memberId());
            call.fail("", Errors.GROUP_MAX_SIZE_REACHED);
            flow.completeJoinIfReady(group, turn);
        } else if (!groups.hasRoomFor(protocols)) {
            call.fail(call.memberId(), Errors.COORDINATOR_NOT_AVAILABLE); // for now: a client asks again
        } else if (!group.supports(request.protocolType(), protocols)) {
            call.fail(call.memberId(), Errors.INCONSISTENT_GROUP_PROTOCOL);
        } else if (unknownMember) {
            joinUnknown(group, call, turn);
        } else {
            joinKnown(group, call, turn);
        }
    }

    private Errors validate(Call call) {
        int sessionTimeoutMs = call.request.sessionTimeoutMs();
        if (call.request.groupId().isEmpty()) {
            return Errors.INVALID_GROUP_ID;
        } else if (sessionTimeoutMs < config.minSessionTimeoutMs() || sessionTimeoutMs > config.maxSessionTimeoutMs()) {
            return Errors.INVALID_SESSION_TIMEOUT;
        } else if (groups.foreignType(call.request.groupId()) != null) {
            return Errors.INCONSISTENT_GROUP_PROTOCOL;
        } else {
            return Errors.NONE;
        }
    }

    /** While a rebalance is being prepared, room counts who has joined it: the others may be gone. */
    private boolean hasRoomFor(ClassicGroup group, String memberId) {
        if (group.is(EMPTY)) {
            return true;
        }
        if (group.is(PREPARING_REBALANCE)) {
            GroupMember member = group.member(memberId);
            return member != null && member.isAwaitingJoin() || group.awaitingJoinCount() < config.maxSize();
        }
        return group.hasMember(memberId) || group.size() < config.maxSize();
    }

    // ---- members without an id

    private void joinUnknown(ClassicGroup group, Call call, Turn turn) {
        String instanceId = call.instanceId();
        String prefix = instanceId == null ? call.caller.clientId() : instanceId;
        String newMemberId = memberIds.apply(prefix);
        if (instanceId != null) {
            String oldMemberId = group.memberIdOf(instanceId);
            GroupMember old = oldMemberId == null ? null : group.member(oldMemberId);
            if (old == null) {
                addMember(group, newMemberId, call, "static member " + instanceId + " joins", turn);
            } else {
                replaceStatic(group, old, newMemberId, call, turn);
            }
        } else if (call.version >= MEMBER_ID_REQUIRED_FROM) {
            // KIP-394: the client first learns its id, so that a lost answer does not leave a ghost in the group.
            flow.boundPendingJoin(group, newMemberId, call.request.sessionTimeoutMs(), turn);
            call.fail(newMemberId, Errors.MEMBER_ID_REQUIRED);
        } else {
            addMember(group, newMemberId, call, "member " + newMemberId + " joins without an id", turn);
        }
    }

    private void addMember(ClassicGroup group, String memberId, Call call, String why, Turn turn) {
        GroupMember member = newMember(group, memberId, call);
        member.isNew = true;
        member.awaitingJoin = call.reply;
        if (group.inInitialDelay && group.generation() == 0) {
            group.newMemberAdded = true;
        }
        group.add(member, call.request.protocolType());
        flow.boundFirstJoin(member, turn);
        flow.prepareOrCompleteJoin(group, call.because(why), turn);
    }

    private GroupMember newMember(ClassicGroup group, String memberId, Call call) {
        GroupMember[] self = new GroupMember[1];
        GroupMember member = new GroupMember(
                memberId,
                call.instanceId(),
                call.caller.clientId(),
                call.caller.clientHost(),
                call.rebalanceTimeoutMs(),
                call.request.sessionTimeoutMs(),
                call.protocols,
                new TimerQueue.Timer(late -> flow.sessionExpired(group, self[0], late)));
        self[0] = member;
        return member;
    }

    // ---- members with an id

    private void joinKnown(ClassicGroup group, Call call, Turn turn) {
        String memberId = call.memberId();
        if (call.instanceId() == null && flow.settlePendingJoin(group, memberId)) {
            addMember(group, memberId, call, "member " + memberId + " joins", turn);
            return;
        }
        Errors error = group.validateMember(memberId, call.instanceId());
        GroupMember member = group.member(memberId);
        if (error != Errors.NONE || member == null) {
            call.fail(memberId, error == Errors.NONE ? Errors.UNKNOWN_MEMBER_ID : error);
        } else if (group.is(PREPARING_REBALANCE)) {
            rejoin(group, member, call, "member " + memberId + " rejoins", turn);
        } else if (group.is(COMPLETING_REBALANCE)) {
            if (member.matches(call.protocols)) {
                // The answer to its first JoinGroup was lost: say it again.
                call.reply.answer(group.joinAnswer(memberId, group.isLeader(memberId)));
            } else {
                rejoin(group, member, call, "member " + memberId + " changed its metadata during a rebalance", turn);
            }
        } else if (group.is(STABLE)) {
            if (group.isLeader(memberId)) {
                // The leader rejoins when it sees a change in the topics.
                rejoin(group, member, call, "leader " + memberId + " rejoins", turn);
            } else if (!member.matches(call.protocols)) {
                rejoin(group, member, call, "member " + memberId + " changed its metadata", turn);
            } else {
                call.reply.answer(group.joinAnswer(memberId, false));
            }
        } else {
            call.fail(memberId, Errors.UNKNOWN_MEMBER_ID);
        }
    }

    private void rejoin(ClassicGroup group, GroupMember member, Call call, String why, Turn turn) {
        update(group, member, call);
        flow.prepareOrCompleteJoin(group, call.because(why), turn);
    }

    private static void update(ClassicGroup group, GroupMember member, Call call) {
        // A client that asks twice has given up the first request; whatever it is told there must not look final.
        member.answerJoin(Answers.join(member.memberId, Errors.REBALANCE_IN_PROGRESS));
        group.setProtocols(member, call.protocols);
        member.rebalanceTimeoutMs = call.rebalanceTimeoutMs();
        member.sessionTimeoutMs = call.request.sessionTimeoutMs();
        member.awaitingJoin = call.reply;
    }

    // ---- static members that come back (KIP-345)

    private void replaceStatic(ClassicGroup group, GroupMember old, String newMemberId, Call call, Turn turn) {
        String formerLeader = group.leaderId();
        GroupMember replacement = newMember(group, newMemberId, call);
        replacement.assignment = old.assignment;
        group.replace(old, replacement);
        old.answerJoin(Answers.join(old.memberId, Errors.FENCED_INSTANCE_ID));
        old.answerSync(Answers.sync(Errors.FENCED_INSTANCE_ID));
        group.removePendingSync(old.memberId);
        flow.extendSession(replacement, turn);
        replacement.awaitingJoin = call.reply;
        if (group.is(STABLE) && group.selectProtocol().equals(group.protocol())) {
            keepGeneration(group, old, replacement, formerLeader, call, turn);
        } else {
            // In the sync phase the leader may be assigning to the old id at this moment: start over.
            flow.prepareOrCompleteJoin(group, call.because("static member " + call.instanceId() + " rejoins"), turn);
        }
    }

    /** Nothing changes for the others: only the new member id is written down, and the member goes on where it was. */
    private void keepGeneration(
            ClassicGroup group,
            GroupMember old,
            GroupMember replacement,
            @Nullable String formerLeader,
            Call call,
            Turn turn) {
        int generation = group.generation();
        turn.write(List.of(GroupRecords.group(group, assignments(group))), (later, error) -> {
            if (group.member(replacement.memberId) != replacement
                    || !group.is(STABLE)
                    || group.generation() != generation) {
                return; // a rebalance came between; it answers the member
            }
            if (error != Errors.NONE) {
                group.replace(replacement, old);
                flow.extendSession(old, later);
                replacement.answerJoin(Answers.join("", Answers.forGroupWrite(error)));
                return;
            }
            flow.extendSession(replacement, later);
            replacement.answerJoin(staticAnswer(group, replacement.memberId, formerLeader, call.version));
        });
    }

    private static JoinGroupResponseData staticAnswer(
            ClassicGroup group, String memberId, @Nullable String formerLeader, short version) {
        boolean leads = group.isLeader(memberId);
        if (version >= SKIP_ASSIGNMENT_FROM) {
            // KIP-814: the leader learns that it leads, but must not assign again.
            return group.joinAnswer(memberId, leads).setSkipAssignment(leads);
        }
        // Older clients that find themselves leader would assign: name the id that led before.
        return group.joinAnswer(memberId, false).setLeader(formerLeader == null ? "" : formerLeader);
    }

    private static Map<String, byte[]> assignments(ClassicGroup group) {
        Map<String, byte[]> assignments = new HashMap<>();
        group.members().forEach(m -> assignments.put(m.memberId, m.assignment));
        return assignments;
    }
}
