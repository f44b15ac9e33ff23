package io.milena.coordinator.group.core;

import io.milena.coordinator.runtime.CoordinatorRecord;
import io.milena.coordinator.runtime.Turn;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The classic groups of a shard, as groups of another type see them that take one over or become one (KIP-848). */
public interface ClassicGroups {

    /** What is under a group id. */
    enum Kind {
        NONE,
        /** A classic group without members. */
        EMPTY,
        /** A classic group with members. */
        LIVING,
        /** A classic group that is being deleted. */
        DELETED,
        /** A group of a type that this shard only remembers. */
        FOREIGN
    }

    Kind kindOf(String groupId);

    /** The classic group, with its members. */
    @Nullable
    ClassicSnapshot find(String groupId);

    /** {@code group.max.size} */
    int maxSize();

    /**
     * Ends the classic group, because its id becomes another group's. Members that wait for an answer are told to join again.
     *
     * @return the records for it, which the caller writes in this turn
     */
    List<CoordinatorRecord> giveUp(Turn turn, String groupId);

    /**
     * Makes a classic group of members of another group, whose id it takes over.
     *
     * @param rebalanceReason why it rebalances at once; null if the assignments hold
     * @return the records for it, which the caller writes in this turn
     */
    List<CoordinatorRecord> takeOver(Turn turn, ClassicSnapshot members, @Nullable String rebalanceReason);
}
