package io.milena.coordinator.group.core;

import java.util.EnumSet;
import java.util.Set;

/**
 * States of a classic group.
 *
 * <pre>
 * from                  event                                                            to
 * Empty                 a member joins                                                   PreparingRebalance
 * Empty                 deleted, or its last offset expired                              Dead
 * PreparingRebalance    all members joined, or the rebalance time-out passed             CompletingRebalance
 * PreparingRebalance    the time-out passed and nobody joined, or all left               Empty
 * CompletingRebalance   the leader's assignment is committed                             Stable
 * CompletingRebalance   a member joins, leaves, changes, fails, or does not sync in time PreparingRebalance
 * Stable                a member joins, leaves, changes its metadata or fails            PreparingRebalance
 * any                   the partition of {@code __consumer_offsets} moves away           Dead
 * </pre>
 *
 * Empty may still hold committed offsets. Dead is final: a group of the same id starts anew.
 */
public enum GroupState {
    EMPTY("Empty"),
    PREPARING_REBALANCE("PreparingRebalance"),
    COMPLETING_REBALANCE("CompletingRebalance"),
    STABLE("Stable"),
    DEAD("Dead");

    private final String kafkaName;

    GroupState(String kafkaName) {
        this.kafkaName = kafkaName;
    }

    /** The name that clients see (DescribeGroups, ListGroups). */
    public String kafkaName() {
        return kafkaName;
    }

    /** Whether the table above has a row from this state to the other. */
    public boolean mayBecome(GroupState next) {
        return successors().contains(next);
    }

    private Set<GroupState> successors() {
        switch (this) {
            case EMPTY:
                return EnumSet.of(PREPARING_REBALANCE, DEAD);
            case PREPARING_REBALANCE:
                return EnumSet.of(COMPLETING_REBALANCE, EMPTY, DEAD);
            case COMPLETING_REBALANCE:
                return EnumSet.of(STABLE, PREPARING_REBALANCE, DEAD);
            case STABLE:
                return EnumSet.of(PREPARING_REBALANCE, DEAD);
            default:
                return EnumSet.noneOf(GroupState.class);
        }
    }
}
