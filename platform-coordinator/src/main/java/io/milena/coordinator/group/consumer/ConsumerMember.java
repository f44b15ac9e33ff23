package io.milena.coordinator.group.consumer;

import io.milena.coordinator.group.core.Caller;
import io.milena.coordinator.group.core.Protocol;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A member of a consumer group at one moment.
 *
 * @param profile what the member says of itself
 * @param progress how far it is on its way to its target assignment
 */
record ConsumerMember(String memberId, Profile profile, Progress progress) {

    static final int LEFT_STATIC = -2;

    /**
     * What a member says of itself; written when it changes.
     *
     * @param rackId where it runs, for assignors that care
     * @param rebalanceTimeoutMs how long it may take to give up partitions
     * @param classic what it said in JoinGroup; null for a member that speaks KIP-848's own protocol
     */
    record Profile(
            @Nullable String instanceId,
            @Nullable String rackId,
            Caller client,
            int rebalanceTimeoutMs,
            Subscription subscription,
            @Nullable ClassicMetadata classic) {

        Profile withClassic(@Nullable ClassicMetadata said) {
            return new Profile(instanceId, rackId, client, rebalanceTimeoutMs, subscription, said);
        }
    }

    /**
     * What a member wants to consume.
     *
     * @param topicRegex empty if it has none
     * @param assignor the assignor that it asks for; null if it leaves that to the group
     */
    record Subscription(
            Set<String> topicNames,
            String topicRegex,
            @Nullable String assignor) {

        static final Subscription NONE = new Subscription(Set.of(), "", null);

        boolean hasRegex() {
            return !topicRegex.isEmpty();
        }

        boolean sameTopics(Subscription other) {
            return topicNames.equals(other.topicNames) && topicRegex.equals(other.topicRegex);
        }
    }

    /** A member of the classic protocol in a consumer group: what its JoinGroup said, which a classic group needs again. */
    record ClassicMetadata(int sessionTimeoutMs, List<Protocol> protocols) {}

    /**
     * How far a member is on its way to its target assignment.
     *
     * @param epoch the epoch it has reached; −2 for a static member that is away and may come back
     * @param previousEpoch the one before, in case the answer that told it of the last was lost
     * @param assigned what it may consume, with the epochs in which it got it
     * @param pendingRevocation what it was told to give up and has not yet said that it did
     */
    record Progress(int epoch, int previousEpoch, State state, Partitions assigned, Partitions pendingRevocation) {

        static final Progress NONE = new Progress(0, 0, State.STABLE, Partitions.NONE, Partitions.NONE);

        /** Further on the way; the epoch that is left becomes the previous one. */
        Progress to(int newEpoch, State newState, Partitions newAssigned, Partitions newPending) {
            return new Progress(newEpoch, newEpoch == epoch ? previousEpoch : epoch, newState, newAssigned, newPending);
        }
    }

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
        Profile unknown = new Profile(null, null, new Caller("", ""), -1, Subscription.NONE, null);
        return new ConsumerMember(memberId, unknown, Progress.NONE);
    }

    ConsumerMember with(Profile newProfile) {
        return new ConsumerMember(memberId, newProfile, progress);
    }

    ConsumerMember with(Progress newProgress) {
        return new ConsumerMember(memberId, profile, newProgress);
    }

    /** A static member that came back under another id takes the place of the former. */
    ConsumerMember under(String newMemberId) {
        Progress again =
                new Progress(0, 0, progress.state, progress.assigned.withEpochs(0), progress.pendingRevocation);
        return new ConsumerMember(newMemberId, profile, again);
    }

    @Nullable
    String instanceId() {
        return profile.instanceId;
    }

    Subscription subscription() {
        return profile.subscription;
    }

    int rebalanceTimeoutMs() {
        return profile.rebalanceTimeoutMs;
    }

    int epoch() {
        return progress.epoch;
    }

    State state() {
        return progress.state;
    }

    Partitions assigned() {
        return progress.assigned;
    }

    Partitions pendingRevocation() {
        return progress.pendingRevocation;
    }

    boolean isAway() {
        return progress.epoch == LEFT_STATIC;
    }

    boolean usesClassicProtocol() {
        return profile.classic != null;
    }
}
