package io.milena.coordinator.group.consumer;

import io.milena.coordinator.group.consumer.ConsumerGroups.Decision;
import io.milena.coordinator.group.consumer.ConsumerMember.Profile;
import io.milena.coordinator.group.consumer.ConsumerMember.Subscription;
import io.milena.coordinator.group.consumer.Memberships.Arrival;
import io.milena.coordinator.group.core.Answers;
import io.milena.coordinator.group.core.Caller;
import io.milena.coordinator.group.core.Reply;
import io.milena.coordinator.runtime.Turn;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
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
    private final Memberships memberships;
    private final UnaryOperator<String> memberIds;

    ConsumerHeartbeats(ConsumerGroups groups, Memberships memberships, UnaryOperator<String> memberIds) {
        this.groups = groups;
        this.memberships = memberships;
        this.memberIds = memberIds;
    }

    /** One heartbeat. */
    public void heartbeat(
            Turn turn,
            ConsumerGroupHeartbeatRequestData request,
            Caller caller,
            short version,
            Reply<ConsumerGroupHeartbeatResponseData> reply) {
        try {
            validate(request, version);
            if (request.memberEpoch() < 0) {
                leave(turn, request, reply);
            } else {
                stay(turn, request, caller, reply);
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

    private void validate(ConsumerGroupHeartbeatRequestData request, short version) {
        boolean needsMemberId = version > 0 || request.memberEpoch() > 0 || request.memberEpoch() == LEAVE;
        require(!needsMemberId || !request.memberId().isEmpty(), "MemberId can't be empty.");
        require(!request.groupId().isEmpty(), "GroupId can't be empty.");
        require(request.instanceId() == null || !request.instanceId().isEmpty(), "InstanceId can't be empty.");
        require(request.rackId() == null || !request.rackId().isEmpty(), "RackId can't be empty.");
        require(request.memberEpoch() >= LEAVE_STATIC, "MemberEpoch is invalid.");
        if (request.memberEpoch() == LEAVE_STATIC) {
            require(request.instanceId() != null, "InstanceId can't be null.");
        }
        if (request.memberEpoch() == 0) {
            require(request.rebalanceTimeoutMs() != -1, "RebalanceTimeoutMs must be provided in first request.");
            require(
                    request.topicPartitions() != null
                            && request.topicPartitions().isEmpty(),
                    "TopicPartitions must be empty when (re-)joining.");
            require(
                    request.subscribedTopicNames() != null || request.subscribedTopicRegex() != null,
                    "Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when (re-)joining.");
        }
        String assignor = request.serverAssignor();
        if (assignor != null && !groups.config().assignors().has(assignor)) {
            throw new Refused(
                    Errors.UNSUPPORTED_ASSIGNOR,
                    "ServerAssignor " + assignor + " is not supported. Supported assignors: "
                            + String.join(", ", groups.config().assignors().names()) + ".");
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
            Reply<ConsumerGroupHeartbeatResponseData> reply) {
        boolean joins = request.memberEpoch() == 0;
        Decision decision = groups.new Decision(turn, request.groupId());
        ConsumerGroup group = groupOf(request.groupId(), joins, decision);
        memberships.refuseIfFull(group, request.memberId());
        String memberId = request.memberId().isEmpty() ? memberIds.apply("") : request.memberId();
        ConsumerMember before =
                memberships.find(group, new Arrival(memberId, request.instanceId(), joins, false), decision);
        Partitions owned = owned(request);
        checkEpoch(before, request.memberEpoch(), owned);

        ConsumerMember described = describe(before, request, caller);
        boolean isNew = group.member(memberId) == null;
        if (isNew || !described.profile().equals(before.profile())) {
            decision.add(ConsumerRecords.member(group.groupId, described));
        }
        boolean changed = !described.subscription().sameTopics(before.subscription());
        groups.refresh(group, changed, decision);
        groups.assign(group, decision);

        ConsumerMember from = Objects.requireNonNull(group.member(memberId));
        ConsumerMember after = Reconciliation.step(from, groups.goalOf(group, memberId, changed), group::isHeld, owned);
        if (isNew || !after.progress().equals(from.progress())) {
            decision.add(ConsumerRecords.place(group.groupId, after));
        }
        groups.timers().extendSession(group, after, turn);
        groups.timers().boundRevocation(group, after, turn);
        boolean tell = joins || isFull(request) || !after.assigned().equals(before.assigned());
        ConsumerGroupHeartbeatResponseData answer = answer(group.groupId, after, tell);
        decision.write((later, error) ->
                reply.answer(error == Errors.NONE ? answer : refuse(Answers.forGroupWrite(error), null)));
    }

    private ConsumerGroup groupOf(String groupId, boolean joins, Decision decision) {
        ConsumerGroup group = groups.find(groupId);
        if (group != null) {
            return group;
        }
        if (!joins) {
            throw new Refused(Errors.GROUP_ID_NOT_FOUND, "Consumer group " + groupId + " not found.");
        }
        return groups.newGroup(groupId, decision);
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

    private ConsumerGroupHeartbeatResponseData answer(String groupId, ConsumerMember member, boolean withAssignment) {
        ConsumerGroupHeartbeatResponseData answer = new ConsumerGroupHeartbeatResponseData()
                .setMemberId(member.memberId())
                .setMemberEpoch(member.epoch())
                .setHeartbeatIntervalMs(groups.config().timings().of(groupId).heartbeatIntervalMs());
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
        ConsumerMember member = memberships.existing(group, request.memberId(), request.instanceId());
        Decision decision = groups.new Decision(turn, group.groupId);
        if (request.memberEpoch() == LEAVE) {
            groups.fence(group, List.of(member), decision);
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
}
