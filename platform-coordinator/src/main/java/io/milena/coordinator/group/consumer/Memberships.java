package io.milena.coordinator.group.consumer;

import io.milena.coordinator.group.consumer.ConsumerGroups.Decision;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** Finds the member that a request speaks of, or makes it. The rules for both protocols. */
final class Memberships {

    private final int maxSize;

    Memberships(int maxSize) {
        this.maxSize = maxSize;
    }

    /**
     * How a member comes.
     *
     * @param joins whether it may be new, or a static member that comes back
     * @param classic whether it speaks the classic protocol
     */
    record Arrival(String memberId, @Nullable String instanceId, boolean joins, boolean classic) {}

    /** Who is no member yet must find room, a static member that comes back under a new id as well. */
    void refuseIfFull(ConsumerGroup group, String memberId) {
        if (group.members().size() >= maxSize && group.member(memberId) == null) {
            throw new Refused(
                    Errors.GROUP_MAX_SIZE_REACHED,
                    "The consumer group has reached its maximum capacity of " + maxSize + " members.");
        }
    }

    /** The member; a new one is in no group yet, and one that replaces another was put in its place. */
    ConsumerMember find(ConsumerGroup group, Arrival arrival, Decision decision) {
        String instanceId = arrival.instanceId();
        if (!arrival.joins()) {
            return existing(group, arrival.memberId(), instanceId);
        }
        ConsumerMember former = instanceId == null ? null : group.memberOfInstance(instanceId);
        if (former == null) {
            ConsumerMember member = group.member(arrival.memberId());
            return member == null ? ConsumerMember.joining(arrival.memberId()) : member;
        }
        if (!arrival.classic() && !former.usesClassicProtocol() && !former.isAway()) {
            throw new Refused(
                    Errors.UNRELEASED_INSTANCE_ID,
                    "Static member " + arrival.memberId() + " with instance id " + instanceId
                            + " cannot join the group because the instance id is owned by member "
                            + former.memberId() + ".");
        }
        return replace(group, former, arrival.memberId(), decision);
    }

    /** The member of this id, and of this instance if it is a static one. */
    ConsumerMember existing(ConsumerGroup group, String memberId, @Nullable String instanceId) {
        ConsumerMember member = instanceId == null ? group.member(memberId) : ofInstance(group, instanceId, memberId);
        if (member == null) {
            throw unknown(group, memberId);
        }
        return member;
    }

    private static ConsumerMember ofInstance(ConsumerGroup group, String instanceId, String memberId) {
        ConsumerMember member = group.memberOfInstance(instanceId);
        if (member == null) {
            throw new Refused(Errors.UNKNOWN_MEMBER_ID, "Instance id " + instanceId + " is unknown.");
        }
        if (!member.memberId().equals(memberId)) {
            throw new Refused(
                    Errors.FENCED_INSTANCE_ID,
                    "Static member " + memberId + " with instance id " + instanceId + " was fenced by member "
                            + member.memberId() + ".");
        }
        return member;
    }

    static Refused unknown(ConsumerGroup group, String memberId) {
        return new Refused(
                Errors.UNKNOWN_MEMBER_ID, "Member " + memberId + " is not a member of group " + group.groupId + ".");
    }

    /** A static member comes back under another id and takes the place of the former one. */
    private static ConsumerMember replace(
            ConsumerGroup group, ConsumerMember former, String memberId, Decision decision) {
        ConsumerMember replacement = former.under(memberId);
        Partitions target = group.target(former.memberId());
        decision.addAll(ConsumerRecords.memberGone(group.groupId, former.memberId()));
        decision.add(ConsumerRecords.member(group.groupId, replacement));
        decision.add(ConsumerRecords.target(group.groupId, memberId, target));
        decision.add(ConsumerRecords.place(group.groupId, replacement));
        return replacement;
    }
}
