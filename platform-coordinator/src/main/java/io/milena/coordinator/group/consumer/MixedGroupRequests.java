package io.milena.coordinator.group.consumer;

import io.milena.coordinator.group.consumer.ConsumerGroups.Decision;
import io.milena.coordinator.group.consumer.ConsumerMember.ClassicMetadata;
import io.milena.coordinator.group.consumer.ConsumerMember.Profile;
import io.milena.coordinator.group.consumer.ConsumerMember.State;
import io.milena.coordinator.group.consumer.ConsumerMember.Subscription;
import io.milena.coordinator.group.consumer.ConsumerTimers.Duty;
import io.milena.coordinator.group.consumer.Memberships.Arrival;
import io.milena.coordinator.group.core.Answers;
import io.milena.coordinator.group.core.Caller;
import io.milena.coordinator.group.core.ClassicMembers;
import io.milena.coordinator.group.core.Protocol;
import io.milena.coordinator.group.core.Reply;
import io.milena.coordinator.runtime.Turn;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.message.ConsumerProtocolSubscription;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupResponseData.MemberResponse;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * Members of the classic protocol in a consumer group: a join takes them one step on their way to their target assignment, a sync
 * brings it home, and a heartbeat tells them to join again when there is another step to take.
 */
final class MixedGroupRequests implements ClassicMembers {

    private static final int MEMBER_ID_REQUIRED_FROM = 4;

    private final ConsumerGroups groups;
    private final Memberships memberships;
    private final UnaryOperator<String> memberIds;

    MixedGroupRequests(ConsumerGroups groups, Memberships memberships, UnaryOperator<String> memberIds) {
        this.groups = groups;
        this.memberships = memberships;
        this.memberIds = memberIds;
    }

    private ConsumerGroup group(String groupId) {
        return Objects.requireNonNull(groups.find(groupId), groupId);
    }

    // ---- join

    @Override
    public void join(
            Turn turn, JoinGroupRequestData request, Caller caller, short version, Reply<JoinGroupResponseData> reply) {
        try {
            ConsumerGroup group = group(request.groupId());
            boolean unknown = request.memberId().isEmpty();
            String memberId = unknown ? memberIds.apply("") : request.memberId();
            checkJoin(group, memberId, request);
            if (unknown && request.groupInstanceId() == null && version >= MEMBER_ID_REQUIRED_FROM) {
                reply.answer(Answers.join(memberId, Errors.MEMBER_ID_REQUIRED));
            } else {
                join(group, memberId, request, caller, groups.new Decision(turn, group.groupId), reply);
            }
        } catch (Refused refused) {
            turn.undoUnwritten();
            reply.answer(Answers.join("", refused.error));
        }
    }

    private void checkJoin(ConsumerGroup group, String memberId, JoinGroupRequestData request) {
        if (groups.migration().isDisabled()) {
            throw new Refused(
                    Errors.INCONSISTENT_GROUP_PROTOCOL,
                    "Cannot join the consumer group " + group.groupId
                            + " with the classic protocol because the group migration is disabled.");
        }
        memberships.refuseIfFull(group, memberId);
        if (!EmbeddedProtocol.TYPE.equals(request.protocolType()) || !isSupported(group, request)) {
            throw new Refused(
                    Errors.INCONSISTENT_GROUP_PROTOCOL, "Member " + memberId + "'s protocols are not supported.");
        }
    }

    /** Whether one of the protocols is known to all members of the classic protocol: they may have to do without the others again. */
    private static boolean isSupported(ConsumerGroup group, JoinGroupRequestData request) {
        return request.protocols().stream()
                .anyMatch(protocol -> group.members().stream()
                        .map(member -> member.profile().classic())
                        .allMatch(classic -> classic == null || names(classic).contains(protocol.name())));
    }

    private static List<String> names(ClassicMetadata classic) {
        return classic.protocols().stream().map(Protocol::name).toList();
    }

    private void join(
            ConsumerGroup group,
            String memberId,
            JoinGroupRequestData request,
            Caller caller,
            Decision decision,
            Reply<JoinGroupResponseData> reply) {
        ConsumerProtocolSubscription said = subscription(request);
        boolean downgrade = downgrades(group, request.groupInstanceId());
        // A static member is new, or comes back, without an id; with one it is a member already.
        boolean joins = request.groupInstanceId() == null || request.memberId().isEmpty();
        ConsumerMember before =
                memberships.find(group, new Arrival(memberId, request.groupInstanceId(), joins, true), decision);
        ConsumerMember described = before.with(profile(before, request, said, caller));
        if (group.member(memberId) == null || !described.profile().equals(before.profile())) {
            decision.add(ConsumerRecords.member(group.groupId, described));
        }
        boolean changed = !described.subscription().sameTopics(before.subscription());
        groups.refresh(group, changed, decision);
        boolean rebalance = group.targetEpoch < group.epoch;
        if (!downgrade) {
            groups.assign(group, decision);
        }
        ConsumerMember after = downgrade && rebalance
                ? Objects.requireNonNull(group.member(memberId))
                : step(group, memberId, changed, EmbeddedProtocol.owned(said, groups.topics()), decision);
        if (downgrade) {
            String reason = rebalance ? "its assignment is older than its members' subscriptions" : null;
            groups.downgrade(group, reason, decision);
        }
        answer(group, after, request, downgrade, decision, reply);
    }

    private static ConsumerProtocolSubscription subscription(JoinGroupRequestData request) {
        try {
            return EmbeddedProtocol.subscription(
                    request.protocols().iterator().next().metadata());
        } catch (IllegalArgumentException e) {
            throw new Refused(Errors.UNKNOWN_SERVER_ERROR, "Malformed embedded consumer protocol.");
        }
    }

    private boolean downgrades(ConsumerGroup group, @Nullable String instanceId) {
        ConsumerMember former = instanceId == null ? null : group.memberOfInstance(instanceId);
        return former != null && groups.migration().downgradesIfReplaced(group, former);
    }

    private static Profile profile(
            ConsumerMember member, JoinGroupRequestData request, ConsumerProtocolSubscription said, Caller caller) {
        String rack = said.rackId();
        List<Protocol> protocols = new ArrayList<>();
        request.protocols().forEach(p -> protocols.add(new Protocol(p.name(), p.metadata())));
        return new Profile(
                request.groupInstanceId() == null ? member.instanceId() : request.groupInstanceId(),
                rack == null || rack.isEmpty() ? member.profile().rackId() : rack,
                caller,
                rebalanceTimeoutMs(request),
                new Subscription(
                        new LinkedHashSet<>(said.topics()),
                        "",
                        member.subscription().assignor()),
                new ClassicMetadata(request.sessionTimeoutMs(), protocols));
    }

    /** Version 0 has none: there the session time-out counts. */
    private static int rebalanceTimeoutMs(JoinGroupRequestData request) {
        return request.rebalanceTimeoutMs() < 0 ? request.sessionTimeoutMs() : request.rebalanceTimeoutMs();
    }

    private ConsumerMember step(
            ConsumerGroup group, String memberId, boolean changed, Partitions owned, Decision decision) {
        ConsumerMember from = Objects.requireNonNull(group.member(memberId));
        ConsumerMember after = Reconciliation.step(from, groups.goalOf(group, memberId, changed), group::isHeld, owned);
        if (!after.progress().equals(from.progress()) || from.epoch() == 0) {
            decision.add(ConsumerRecords.place(group.groupId, after));
        }
        return after;
    }

    private void answer(
            ConsumerGroup group,
            ConsumerMember member,
            JoinGroupRequestData request,
            boolean downgrade,
            Decision decision,
            Reply<JoinGroupResponseData> reply) {
        JoinGroupResponseData answer = new JoinGroupResponseData()
                .setMemberId(member.memberId())
                .setGenerationId(member.epoch())
                .setProtocolType(EmbeddedProtocol.TYPE)
                .setProtocolName(firstProtocol(member).name());
        if (!downgrade) {
            groups.timers().extendSession(group, member, decision.turn());
        }
        decision.write((later, error) -> {
            if (error != Errors.NONE) {
                reply.answer(Answers.join("", Answers.forGroupWrite(error)));
                return;
            }
            if (groups.find(group.groupId) == group && group.member(member.memberId()) != null) {
                groups.timers().cancel(group, member.memberId(), Duty.JOIN);
                groups.timers().extendSession(group, member, later);
                groups.timers().arm(group, member.memberId(), Duty.SYNC, rebalanceTimeoutMs(request), later);
            }
            reply.answer(answer);
        });
    }

    private static Protocol firstProtocol(ConsumerMember member) {
        return Objects.requireNonNull(member.profile().classic()).protocols().get(0);
    }

    // ---- sync

    @Override
    public void sync(Turn turn, SyncGroupRequestData request, Reply<SyncGroupResponseData> reply) {
        try {
            ConsumerGroup group = group(request.groupId());
            ConsumerMember member =
                    classicMember(group, request.memberId(), request.groupInstanceId(), request.generationId());
            Protocol protocol = firstProtocol(member);
            if (!agrees(request.protocolType(), EmbeddedProtocol.TYPE)
                    || !agrees(request.protocolName(), protocol.name())) {
                throw new Refused(
                        Errors.INCONSISTENT_GROUP_PROTOCOL,
                        "Member " + member.memberId() + " was told another protocol when it joined.");
            }
            if (group.targetEpoch > member.epoch() && member.state() != State.UNREVOKED_PARTITIONS) {
                boundJoin(group, member, turn);
                throw new Refused(
                        Errors.REBALANCE_IN_PROGRESS, "Member " + member.memberId() + " should rejoin to catch up.");
            }
            groups.timers().cancel(group, member.memberId(), Duty.SYNC);
            groups.timers().extendSession(group, member, turn);
            reply.answer(new SyncGroupResponseData()
                    .setProtocolType(request.protocolType())
                    .setProtocolName(request.protocolName())
                    .setAssignment(EmbeddedProtocol.write(member.assigned(), protocol.metadata(), groups.topics())));
        } catch (Refused refused) {
            reply.answer(Answers.sync(refused.error));
        }
    }

    private static boolean agrees(@Nullable String said, String known) {
        return said == null || said.equals(known);
    }

    private void boundJoin(ConsumerGroup group, ConsumerMember member, Turn turn) {
        groups.timers().armUnlessArmed(group, member.memberId(), Duty.JOIN, member.rebalanceTimeoutMs(), turn);
    }

    private ConsumerMember classicMember(
            ConsumerGroup group, String memberId, @Nullable String instanceId, int generation) {
        ConsumerMember member = memberships.existing(group, memberId, instanceId);
        if (!member.usesClassicProtocol()) {
            throw Memberships.unknown(group, memberId);
        }
        if (member.epoch() != generation) {
            throw new Refused(
                    Errors.ILLEGAL_GENERATION,
                    "The request generation id " + generation + " is not equal to the member epoch " + member.epoch()
                            + " of member " + memberId + ".");
        }
        return member;
    }

    // ---- heartbeat

    @Override
    public Errors heartbeat(Turn turn, HeartbeatRequestData request) {
        try {
            ConsumerGroup group = group(request.groupId());
            ConsumerMember member =
                    classicMember(group, request.memberId(), request.groupInstanceId(), request.generationId());
            groups.timers().extendSession(group, member, turn);
            if (!hasAnotherStep(group, member)) {
                return Errors.NONE;
            }
            boundJoin(group, member, turn);
            return Errors.REBALANCE_IN_PROGRESS;
        } catch (Refused refused) {
            return refused.error;
        }
    }

    /** There is a newer assignment, or something to give up, or what the member waits for is free. */
    private static boolean hasAnotherStep(ConsumerGroup group, ConsumerMember member) {
        return member.epoch() < group.targetEpoch
                || member.state() == State.UNREVOKED_PARTITIONS
                || member.state() == State.UNRELEASED_PARTITIONS && !waits(group, member);
    }

    private static boolean waits(ConsumerGroup group, ConsumerMember member) {
        boolean[] held = new boolean[1];
        group.target(member.memberId())
                .minus(member.assigned())
                .forEach((topicId, partition) -> held[0] |= group.isHeld(topicId, partition));
        return held[0];
    }

    // ---- leave

    @Override
    public void leave(Turn turn, String groupId, List<MemberIdentity> identities, Reply<LeaveGroupResponseData> reply) {
        ConsumerGroup group = group(groupId);
        LeaveGroupResponseData response = new LeaveGroupResponseData();
        Set<ConsumerMember> gone = new LinkedHashSet<>();
        for (MemberIdentity identity : identities) {
            MemberResponse answer = new MemberResponse()
                    .setMemberId(identity.memberId())
                    .setGroupInstanceId(identity.groupInstanceId());
            try {
                gone.add(leaving(group, identity));
            } catch (Refused refused) {
                answer.setErrorCode(refused.error.code());
            }
            response.members().add(answer);
        }
        Decision decision = groups.new Decision(turn, groupId);
        groups.fence(group, gone, decision);
        decision.write((later, error) -> reply.answer(
                error == Errors.NONE
                        ? response
                        : new LeaveGroupResponseData()
                                .setErrorCode(Answers.forGroupWrite(error).code())));
    }

    /** An administrator removes static members by instance id alone (KIP-345). */
    private ConsumerMember leaving(ConsumerGroup group, MemberIdentity identity) {
        String instanceId = identity.groupInstanceId();
        String memberId = identity.memberId();
        if (instanceId != null && memberId.isEmpty()) {
            ConsumerMember current = group.memberOfInstance(instanceId);
            memberId = current == null ? "" : current.memberId();
        }
        return memberships.existing(group, memberId, instanceId);
    }
}
