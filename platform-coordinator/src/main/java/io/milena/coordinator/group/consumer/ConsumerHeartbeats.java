package io.milena.coordinator.group.consumer;

import io.milena.coordinator.group.consumer.ConsumerGroups.Decision;
import io.milena.coordinator.group.consumer.ConsumerMember.Profile;
import io.milena.coordinator.group.consumer.ConsumerMember.Subscription;
import io.milena.coordinator.group.core.Answers;
import io.milena.coordinator.group.core.Caller;
import io.milena.coordinator.group.core.Reply;
import io.milena.coordinator.runtime.CoordinatorRecord;
import io.milena.coordinator.runtime.Turn;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.errors.InvalidRegularExpression;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData.Assignment;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData.TopicPartitions;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** ConsumerGroupHeartbeat (KIP-848): join, stay, change, leave are all one request. */
public final class ConsumerHeartbeats {

    private static final int LEAVE = -1;
    private static final int LEAVE_STATIC = -2;

    private final ConsumerGroups groups;
    private final UnaryOperator<String> memberIds;

    ConsumerHeartbeats(ConsumerGroups groups, UnaryOperator<String> memberIds) {
        this.groups = groups;
        this.memberIds = memberIds;
    }

    /** An answer other than the usual one. */
    private static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;
        final transient Errors error;

        Refused(Errors error, String message) {
            super(message, null, false, false);
            this.error = error;
        }
    }

    /**
     * One heartbeat.
     *
     * @param takeOver ends an empty classic group of this id and gives the records for it; null if there is one with members
     */
    public void heartbeat(
            Turn turn,
            ConsumerGroupHeartbeatRequestData request,
            Caller caller,
            short version,
            Supplier<@Nullable List<CoordinatorRecord>> takeOver,
            Reply<ConsumerGroupHeartbeatResponseData> reply) {
        try {
            validate(request, version);
            if (request.memberEpoch() < 0) {
                leave(turn, request, reply);
            } else {
                stay(turn, request, caller, takeOver, reply);
            }
        } catch (Refused refused) {
            turn.undoUnwritten();
            reply.answer(refuse(refused.error, refused.getMessage()));
        }
    }

    private static ConsumerGroupHeartbeatResponseData refuse(Errors error, @Nullable String message) {
        return new ConsumerGroupHeartbeatResponseData()
                .setErrorCode(error.code())
                .setErrorMessage(message);
    }

    // ---- what makes no sense

    private static void validate(ConsumerGroupHeartbeatRequestData request, short version) {
        require(!request.groupId().isEmpty(), "GroupId can't be empty.");
        require(
                version == 0 && request.memberEpoch() == 0
                        || !request.memberId().isEmpty(),
                "MemberId can't be empty.");
        require(request.instanceId() == null || !request.instanceId().isEmpty(), "InstanceId can't be empty.");
        require(request.rackId() == null || !request.rackId().isEmpty(), "RackId can't be empty.");
        require(request.memberEpoch() >= LEAVE_STATIC, "MemberEpoch is invalid.");
        if (request.memberEpoch() == LEAVE_STATIC) {
            require(request.instanceId() != null, "InstanceId can't be null.");
        }
        if (request.memberEpoch() == 0) {
            require(request.rebalanceTimeoutMs() > 0, "RebalanceTimeoutMs must be provided in first request.");
            require(
                    request.topicPartitions() != null
                            && request.topicPartitions().isEmpty(),
                    "TopicPartitions must be empty when (re-)joining.");
            require(
                    request.subscribedTopicNames() != null || request.subscribedTopicRegex() != null,
                    "Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when (re-)joining.");
        }
        String assignor = request.serverAssignor();
        if (assignor != null && !ConsumerGroups.knowsAssignor(assignor)) {
            throw new Refused(
                    Errors.UNSUPPORTED_ASSIGNOR,
                    "ServerAssignor " + assignor + " is not supported. Supported assignors: uniform, range.");
        }
        validateRegex(request.subscribedTopicRegex());
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new Refused(Errors.INVALID_REQUEST, otherwise);
        }
    }

    private static void validateRegex(@Nullable String regex) {
        if (regex != null && !regex.isEmpty()) {
            try {
                TopicPatterns.check(regex);
            } catch (InvalidRegularExpression e) {
                throw new Refused(Errors.INVALID_REGULAR_EXPRESSION, String.valueOf(e.getMessage()));
            }
        }
    }

    // ---- joining and staying

    private void stay(
            Turn turn,
            ConsumerGroupHeartbeatRequestData request,
            Caller caller,
            Supplier<@Nullable List<CoordinatorRecord>> takeOver,
            Reply<ConsumerGroupHeartbeatResponseData> reply) {
        Decision decision = groups.new Decision(turn, request.groupId());
        ConsumerGroup group = groupOf(request, takeOver, decision);
        ConsumerMember before = memberOf(group, request, decision);
        Partitions owned = owned(request);
        checkEpoch(before, request.memberEpoch(), owned);

        ConsumerMember described = describe(before, request, caller);
        boolean isNew = group.member(before.memberId()) == null;
        if (isNew || !described.profile().equals(before.profile())) {
            decision.add(ConsumerRecords.member(group.groupId, described));
        }
        groups.refresh(group, isNew || subscriptionChanged(before, described), decision, turn.wallClockMs());

        ConsumerMember current = group.member(before.memberId());
        ConsumerMember from = current == null ? described : current;
        ConsumerMember after =
                Reconciliation.step(from, group.targetEpoch, group.target(from.memberId()), group::isHeld, owned);
        if (isNew || !after.progress().equals(from.progress())) {
            decision.add(ConsumerRecords.place(group.groupId, after));
        }
        groups.extendSession(group, after.memberId(), turn);
        groups.boundRevocation(group, after, turn);
        boolean tell = request.memberEpoch() == 0
                || isFull(request)
                || !after.assigned().equals(before.assigned());
        ConsumerGroupHeartbeatResponseData answer = answer(after, tell);
        decision.write((later, error) ->
                reply.answer(error == Errors.NONE ? answer : refuse(Answers.forGroupWrite(error), null)));
    }

    private ConsumerGroup groupOf(
            ConsumerGroupHeartbeatRequestData request,
            Supplier<@Nullable List<CoordinatorRecord>> takeOver,
            Decision decision) {
        ConsumerGroup group = groups.find(request.groupId());
        if (group != null) {
            return group;
        }
        List<CoordinatorRecord> ended = request.memberEpoch() == 0 ? takeOver.get() : null;
        if (ended == null) {
            throw new Refused(Errors.GROUP_ID_NOT_FOUND, "Consumer group " + request.groupId() + " not found.");
        }
        decision.addOfOthers(ended);
        return decision.createGroup();
    }

    private ConsumerMember memberOf(ConsumerGroup group, ConsumerGroupHeartbeatRequestData request, Decision decision) {
        boolean joining = request.memberEpoch() == 0;
        refuseIfFull(group, request.memberId());
        String instanceId = request.instanceId();
        if (instanceId != null) {
            ConsumerMember same = group.memberOfInstance(instanceId);
            if (same != null && !same.memberId().equals(request.memberId())) {
                return returning(group, same, request, decision);
            }
        }
        ConsumerMember member = group.member(request.memberId());
        if (member != null) {
            return member;
        }
        if (!joining) {
            throw new Refused(
                    Errors.UNKNOWN_MEMBER_ID,
                    "Member " + request.memberId() + " is not a member of group " + group.groupId + ".");
        }
        return ConsumerMember.joining(request.memberId().isEmpty() ? memberIds.apply("") : request.memberId());
    }

    /** Who is no member yet must find room, a static member that comes back under a new id as well. */
    private void refuseIfFull(ConsumerGroup group, String memberId) {
        int maxSize = groups.config().maxSize();
        if (group.members().size() >= maxSize && group.member(memberId) == null) {
            throw new Refused(
                    Errors.GROUP_MAX_SIZE_REACHED,
                    "The consumer group has reached its maximum capacity of " + maxSize + " members.");
        }
    }

    /** A static member under a new id: it takes over, if the former said that it was going. */
    private ConsumerMember returning(
            ConsumerGroup group, ConsumerMember former, ConsumerGroupHeartbeatRequestData request, Decision decision) {
        if (request.memberEpoch() != 0) {
            throw new Refused(
                    Errors.FENCED_INSTANCE_ID,
                    "Static member " + request.memberId() + " with instance id " + request.instanceId()
                            + " was fenced by member " + former.memberId() + ".");
        }
        if (!former.isAway()) {
            throw new Refused(
                    Errors.UNRELEASED_INSTANCE_ID,
                    "Static member " + request.memberId() + " with instance id " + request.instanceId()
                            + " cannot join the group because the instance id is owned by member "
                            + former.memberId() + ".");
        }
        ConsumerMember replacement = former.under(request.memberId());
        Partitions target = group.target(former.memberId());
        decision.addAll(ConsumerRecords.memberGone(group.groupId, former.memberId()));
        decision.add(ConsumerRecords.member(group.groupId, replacement));
        decision.add(ConsumerRecords.target(group.groupId, replacement.memberId(), target));
        decision.add(ConsumerRecords.place(group.groupId, replacement));
        return replacement;
    }

    private static void checkEpoch(ConsumerMember member, int said, @Nullable Partitions owned) {
        if (said == 0 || said == member.epoch()) {
            return;
        }
        // The answer with the newer epoch may have been lost: then the member still says the former one.
        boolean answerLost = said < member.epoch()
                && said == member.progress().previousEpoch()
                && (owned == null || owned.isSubsetOf(member.assigned()));
        if (!answerLost) {
            throw new Refused(
                    Errors.FENCED_MEMBER_EPOCH,
                    "The consumer group member has " + (said > member.epoch() ? "a greater" : "a smaller")
                            + " member epoch (" + said + ") than the one known by the group coordinator ("
                            + member.epoch() + "). The member must abandon all its partitions and rejoin.");
        }
    }

    private static ConsumerMember describe(
            ConsumerMember member, ConsumerGroupHeartbeatRequestData request, Caller caller) {
        List<String> names = request.subscribedTopicNames();
        String regex = request.subscribedTopicRegex();
        Subscription known = member.subscription();
        return member.with(new Profile(
                request.instanceId() == null ? member.instanceId() : request.instanceId(),
                request.rackId() == null ? member.profile().rackId() : request.rackId(),
                caller,
                request.rebalanceTimeoutMs() < 0 ? member.rebalanceTimeoutMs() : request.rebalanceTimeoutMs(),
                new Subscription(
                        names == null ? known.topicNames() : new LinkedHashSet<>(names),
                        regex == null ? known.topicRegex() : regex,
                        request.serverAssignor() == null ? known.assignor() : request.serverAssignor()),
                null));
    }

    private static boolean subscriptionChanged(ConsumerMember before, ConsumerMember after) {
        return !before.subscription().equals(after.subscription());
    }

    private static @Nullable Partitions owned(ConsumerGroupHeartbeatRequestData request) {
        if (request.topicPartitions() == null) {
            return null;
        }
        Partitions owned = new Partitions();
        request.topicPartitions().forEach(t -> t.partitions().forEach(p -> owned.add(t.topicId(), p)));
        return owned;
    }

    /** A request that says everything wants to hear everything. */
    private static boolean isFull(ConsumerGroupHeartbeatRequestData request) {
        return request.rebalanceTimeoutMs() != -1
                && (request.subscribedTopicNames() != null || request.subscribedTopicRegex() != null)
                && request.topicPartitions() != null;
    }

    private ConsumerGroupHeartbeatResponseData answer(ConsumerMember member, boolean withAssignment) {
        ConsumerGroupHeartbeatResponseData answer = new ConsumerGroupHeartbeatResponseData()
                .setMemberId(member.memberId())
                .setMemberEpoch(member.epoch())
                .setHeartbeatIntervalMs(groups.config().heartbeatIntervalMs());
        if (withAssignment) {
            List<TopicPartitions> topics = new ArrayList<>();
            member.assigned()
                    .byTopic()
                    .forEach((id, partitions) -> topics.add(
                            new TopicPartitions().setTopicId(id).setPartitions(new ArrayList<>(partitions.keySet()))));
            answer.setAssignment(new Assignment().setTopicPartitions(topics));
        }
        return answer;
    }

    // ---- leaving

    private void leave(
            Turn turn, ConsumerGroupHeartbeatRequestData request, Reply<ConsumerGroupHeartbeatResponseData> reply) {
        ConsumerGroup group = groups.find(request.groupId());
        if (group == null) {
            throw new Refused(Errors.GROUP_ID_NOT_FOUND, "Consumer group " + request.groupId() + " not found.");
        }
        ConsumerMember member = request.memberEpoch() == LEAVE_STATIC
                ? leavingStatic(group, request)
                : group.member(request.memberId());
        if (member == null) {
            throw new Refused(
                    Errors.UNKNOWN_MEMBER_ID,
                    "Member " + request.memberId() + " is not a member of group " + group.groupId + ".");
        }
        Decision decision = groups.new Decision(turn, group.groupId);
        if (request.memberEpoch() == LEAVE) {
            groups.remove(group, member, decision);
        } else {
            // It keeps its partitions for when it comes back, or until its session ends.
            decision.add(ConsumerRecords.place(
                    group.groupId,
                    member.with(member.progress()
                            .to(LEAVE_STATIC, member.state(), member.assigned().withEpochs(0), Partitions.NONE))));
        }
        ConsumerGroupHeartbeatResponseData answer = new ConsumerGroupHeartbeatResponseData()
                .setMemberId(member.memberId())
                .setMemberEpoch(request.memberEpoch());
        decision.write((later, error) ->
                reply.answer(error == Errors.NONE ? answer : refuse(Answers.forGroupWrite(error), null)));
    }

    private static @Nullable ConsumerMember leavingStatic(
            ConsumerGroup group, ConsumerGroupHeartbeatRequestData request) {
        String instanceId = request.instanceId();
        ConsumerMember member = instanceId == null ? null : group.memberOfInstance(instanceId);
        if (member != null && !member.memberId().equals(request.memberId())) {
            throw new Refused(
                    Errors.FENCED_INSTANCE_ID,
                    "Static member with instance id " + instanceId + " was fenced by member " + member.memberId()
                            + ".");
        }
        return member;
    }
}
