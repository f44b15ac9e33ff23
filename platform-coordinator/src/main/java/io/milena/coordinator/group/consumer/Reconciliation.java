package io.milena.coordinator.group.consumer;

import io.milena.coordinator.group.consumer.ConsumerMember.State;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * One step of one member from its current to its target assignment (KIP-848, "current assignment").
 *
 * <pre>
 * it holds partitions that the target gives to others   → Unrevoked: it keeps its epoch until it says that it let them go
 * it lacks partitions that others still hold            → Unreleased: it advances and takes what is free
 * otherwise                                             → Stable in the target's epoch
 * </pre>
 *
 * A partition is free when no member holds it, either assigned or pending revocation. This is why no partition ever has
 * two consumers.
 */
final class Reconciliation {

    private Reconciliation() {}

    /** Which partitions some member holds. */
    @FunctionalInterface
    interface Holders {
        boolean isHeld(Uuid topicId, int partition);
    }

    /**
     * Where a member is to go.
     *
     * @param epoch of the target assignment
     * @param target what it gives to the member
     * @param subscribed the topics that the member wants now; it is given no other, even if the target is older than its wish
     * @param subscriptionChanged whether it wants others since this very request
     */
    record Goal(int epoch, Partitions target, Set<Uuid> subscribed, boolean subscriptionChanged) {}

    /** @param owned what the member says that it has; null when it says nothing, and then it is taken to have everything */
    static ConsumerMember step(ConsumerMember member, Goal goal, Holders holders, @Nullable Partitions owned) {
        switch (member.state()) {
            case STABLE:
                if (member.epoch() != goal.epoch) {
                    return next(member, goal, holders, owned);
                }
                return goal.subscriptionChanged ? giveUpUnsubscribed(member, goal.subscribed, owned) : member;
            case UNREVOKED_PARTITIONS:
                if (owned != null && !member.pendingRevocation().intersects(owned)) {
                    return next(member, goal, holders, owned);
                }
                return goal.subscriptionChanged ? giveUpUnsubscribed(member, goal.subscribed, owned) : member;
            default:
                return next(member, goal, holders, owned);
        }
    }

    /** Takes topics from the member that it does not want any more, before there is a target that knows of it. */
    private static ConsumerMember giveUpUnsubscribed(
            ConsumerMember member, Set<Uuid> subscribed, @Nullable Partitions owned) {
        Partitions kept = member.assigned().ofTopics(subscribed);
        Partitions dropped = member.assigned().minus(kept);
        if (dropped.isEmpty()) {
            return member;
        }
        Partitions toRevoke = new Partitions();
        toRevoke.addAll(member.pendingRevocation());
        toRevoke.addAll(dropped);
        boolean stillOwned = owned == null || toRevoke.intersects(owned);
        return member.with(
                stillOwned
                        ? member.progress().to(member.epoch(), State.UNREVOKED_PARTITIONS, kept, toRevoke)
                        : member.progress().to(member.epoch(), member.state(), kept, member.pendingRevocation()));
    }

    private static ConsumerMember next(ConsumerMember member, Goal goal, Holders holders, @Nullable Partitions owned) {
        Partitions target = goal.target.ofTopics(goal.subscribed);
        Partitions kept = member.assigned().intersect(target);
        Partitions toRevoke = member.assigned().minus(target);
        if (!toRevoke.isEmpty() && (owned == null || toRevoke.intersects(owned))) {
            return member.with(member.progress().to(member.epoch(), State.UNREVOKED_PARTITIONS, kept, toRevoke));
        }
        Partitions assigned = new Partitions();
        assigned.addAll(kept);
        boolean[] unreleased = new boolean[1];
        target.minus(kept).forEach((topicId, partition) -> {
            boolean mine = member.assigned().contains(topicId, partition)
                    || member.pendingRevocation().contains(topicId, partition);
            if (holders.isHeld(topicId, partition) && !mine) {
                unreleased[0] = true;
            } else {
                assigned.add(topicId, partition, goal.epoch);
            }
        });
        State state = unreleased[0] ? State.UNRELEASED_PARTITIONS : State.STABLE;
        return member.with(member.progress().to(goal.epoch, state, assigned, Partitions.NONE));
    }
}
