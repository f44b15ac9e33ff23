package io.milena.coordinator.group.consumer;

import io.milena.coordinator.group.consumer.ConsumerMember.State;
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

    /** @param owned what the member says that it has; null when it says nothing, and then it is taken to have everything */
    static ConsumerMember step(
            ConsumerMember member, int targetEpoch, Partitions target, Holders holders, @Nullable Partitions owned) {
        switch (member.state()) {
            case STABLE:
                return member.epoch() == targetEpoch ? member : next(member, targetEpoch, target, holders, owned);
            case UNREVOKED_PARTITIONS:
                boolean stillOwned = owned == null || member.pendingRevocation().intersects(owned);
                return stillOwned ? member : next(member, targetEpoch, target, holders, owned);
            default:
                return next(member, targetEpoch, target, holders, owned);
        }
    }

    private static ConsumerMember next(
            ConsumerMember member, int targetEpoch, Partitions target, Holders holders, @Nullable Partitions owned) {
        Partitions kept = member.assigned().intersect(target);
        Partitions toRevoke = member.assigned().minus(target);
        if (!toRevoke.isEmpty() && (owned == null || toRevoke.intersects(owned))) {
            return member.with(member.progress().to(member.epoch(), State.UNREVOKED_PARTITIONS, kept, toRevoke));
        }
        Partitions wanted = target.minus(kept);
        Partitions assigned = new Partitions();
        assigned.addAll(kept);
        boolean[] unreleased = new boolean[1];
        wanted.forEach((topicId, partition) -> {
            boolean mine = member.assigned().contains(topicId, partition)
                    || member.pendingRevocation().contains(topicId, partition);
            if (holders.isHeld(topicId, partition) && !mine) {
                unreleased[0] = true;
            } else {
                assigned.add(topicId, partition, targetEpoch);
            }
        });
        State state = unreleased[0] ? State.UNRELEASED_PARTITIONS : State.STABLE;
        return member.with(member.progress().to(targetEpoch, state, assigned, Partitions.NONE));
    }
}
