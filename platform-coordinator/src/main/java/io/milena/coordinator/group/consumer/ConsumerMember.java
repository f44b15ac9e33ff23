package io.milena.coordinator.group.consumer;

import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A member of a consumer group at one moment.
 *
 * @param epoch the epoch it has reached; −2 for a static member that is away and may come back
 * @param previousEpoch the one before, in case the answer that told it of the last was lost
 * @param assigned what it may consume
 * @param pendingRevocation what it was told to give up and has not yet said that it did
 */
record ConsumerMember(
        String memberId,
        @Nullable String instanceId,
        @Nullable String rackId,
        String clientId,
        String clientHost,
        int rebalanceTimeoutMs,
        Set<String> topicNames,
        @Nullable String topicRegex,
        @Nullable String assignor,
        int epoch,
        int previousEpoch,
        State state,
        Partitions assigned,
        Partitions pendingRevocation) {

    static final int LEFT_STATIC = -2;

    /** Where a member is on its way to its target assignment; the numbers are those of the records. */
    enum State {
        /** It has all of the target assignment of its epoch. */
        STABLE(0),
        /** It must give up partitions before anything else. */
        UNREVOKED_PARTITIONS(1),
        /** It waits for partitions that others have not given up. */
        UNRELEASED_PARTITIONS(2);

        final byte id;

        State(int id) {
            this.id = (byte) id;
        }

        static State of(byte id) {
            return id == UNREVOKED_PARTITIONS.id
                    ? UNREVOKED_PARTITIONS
                    : id == UNRELEASED_PARTITIONS.id ? UNRELEASED_PARTITIONS : STABLE;
        }
    }

    static ConsumerMember joining(String memberId) {
        return new ConsumerMember(
                memberId,
                null,
                null,
                "",
                "",
                -1,
                Set.of(),
                null,
                null,
                0,
                0,
                State.STABLE,
                Partitions.NONE,
                Partitions.NONE);
    }

    /** The same member somewhere else on its way. */
    ConsumerMember at(int newEpoch, State newState, Partitions newAssigned, Partitions newPending) {
        return new ConsumerMember(
                memberId,
                instanceId,
                rackId,
                clientId,
                clientHost,
                rebalanceTimeoutMs,
                topicNames,
                topicRegex,
                assignor,
                newEpoch,
                newEpoch == epoch ? previousEpoch : epoch,
                newState,
                newAssigned,
                newPending);
    }

    /** The same place on the way, from the log. */
    ConsumerMember restored(
            int newEpoch, int newPrevious, State newState, Partitions newAssigned, Partitions newPending) {
        return new ConsumerMember(
                memberId,
                instanceId,
                rackId,
                clientId,
                clientHost,
                rebalanceTimeoutMs,
                topicNames,
                topicRegex,
                assignor,
                newEpoch,
                newPrevious,
                newState,
                newAssigned,
                newPending);
    }

    /** The same place on the way with another description of the member. */
    ConsumerMember described(
            @Nullable String instance,
            @Nullable String rack,
            String client,
            String host,
            int rebalanceMs,
            Set<String> names,
            @Nullable String regex,
            @Nullable String serverAssignor) {
        return new ConsumerMember(
                memberId,
                instance,
                rack,
                client,
                host,
                rebalanceMs,
                names,
                regex,
                serverAssignor,
                epoch,
                previousEpoch,
                state,
                assigned,
                pendingRevocation);
    }

    /** A static member that came back under another id takes the place of the former. */
    ConsumerMember under(String newMemberId) {
        return new ConsumerMember(
                newMemberId,
                instanceId,
                rackId,
                clientId,
                clientHost,
                rebalanceTimeoutMs,
                topicNames,
                topicRegex,
                assignor,
                0,
                0,
                state,
                assigned,
                pendingRevocation);
    }

    boolean sameDescription(ConsumerMember other) {
        return described(
                        other.instanceId,
                        other.rackId,
                        other.clientId,
                        other.clientHost,
                        other.rebalanceTimeoutMs,
                        other.topicNames,
                        other.topicRegex,
                        other.assignor)
                .equals(this);
    }

    boolean wantsTheSameAs(ConsumerMember other) {
        return topicNames.equals(other.topicNames) && Objects.equals(topicRegex, other.topicRegex);
    }

    boolean samePlace(ConsumerMember other) {
        return epoch == other.epoch
                && previousEpoch == other.previousEpoch
                && state == other.state
                && assigned.equals(other.assigned)
                && pendingRevocation.equals(other.pendingRevocation);
    }

    boolean isAway() {
        return epoch == LEFT_STATIC;
    }
}
