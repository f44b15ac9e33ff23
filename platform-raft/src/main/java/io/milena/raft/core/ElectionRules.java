package io.milena.raft.core;

import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * Which statements about epochs and leaders this replica believes. A request may come from anybody who reaches the controller
 * listener, so it counts less than an answer: an answer comes from an address that the voter set, the configuration or the leader names.
 *
 * <ul>
 *   <li>A request must come from a voter of the newest or the last voter set. The exceptions follow from KIP-853, where a replica may lag
 *       behind a change of the voters: the leader that it voted for, and a candidate while it hears from no leader.
 *   <li>A request raises the epoch by {@link #LONGEST_STEP} at most. A replica that is further behind learns the epoch from the answers to
 *       its own questions.
 *   <li>Nothing raises the epoch above {@link ElectionState#HIGHEST_EPOCH}.
 * </ul>
 *
 * So nothing that a stranger sends is persisted while there is a leader or the voters are static, and no number of elections is used up
 * by one message.
 */
final class ElectionRules {
    /** Each election raises the epoch by one: nobody is so far ahead of a replica that was reachable lately. */
    static final int LONGEST_STEP = 1_000;

    private final RaftState state;

    ElectionRules(RaftState state) {
        this.state = state;
    }

    /** @return NONE if the request may be looked at further; its sender is told why otherwise */
    Errors checkCandidate(Request.Vote request) {
        Errors error = checkEpoch(request.epoch(), request.candidate().id());
        if (error != Errors.NONE) {
            return error;
        }
        if (isMeantForOther(request.addressee())) {
            return Errors.INVALID_VOTER_KEY;
        }
        boolean known = state.log().voters().contains(request.candidate())
                || state.log().previousVoters().contains(request.candidate());
        return known || mayLackTheVoterSetOfACandidate() ? Errors.NONE : Errors.INCONSISTENT_VOTER_SET;
    }

    /** The candidate may have become a voter by a record that has not come here yet; its vote may be the only way to go on. */
    private boolean mayLackTheVoterSetOfACandidate() {
        boolean hearsFromLeader = state.role() instanceof Role.Leader
                || (state.role() instanceof Role.Follower follower && follower.heardFrom());
        return state.log().kraftVersion() >= 1 && !hearsFromLeader;
    }

    /** As {@link #checkCandidate}, for somebody who says that it leads, or led until now. */
    Errors checkLeader(int epoch, int leaderId) {
        Errors error = checkEpoch(epoch, leaderId);
        if (error != Errors.NONE) {
            return error;
        }
        ElectionState election = state.election();
        boolean sameEpoch = epoch == election.epoch();
        if (leaderId == state.localId()) {
            return complain(Effect.Problem.NAMED_AS_LEADER, leaderId, epoch, Errors.INVALID_REQUEST);
        }
        if (sameEpoch && election.leader().isPresent()) {
            return election.isLedBy(leaderId)
                    ? Errors.NONE
                    : complain(Effect.Problem.TWO_LEADERS, leaderId, epoch, Errors.INVALID_REQUEST);
        }
        boolean votedFor = sameEpoch
                && election.vote().filter(vote -> vote.id() == leaderId).isPresent();
        boolean known = state.log().voters().ids().contains(leaderId)
                || state.log().previousVoters().ids().contains(leaderId);
        return known || votedFor
                ? Errors.NONE
                : complain(Effect.Problem.LEADER_IS_NO_VOTER, leaderId, epoch, Errors.INCONSISTENT_VOTER_SET);
    }

    private Errors checkEpoch(int epoch, int senderId) {
        if (epoch < state.epoch()) {
            return Errors.FENCED_LEADER_EPOCH;
        }
        if (senderId < 0) {
            return Errors.INVALID_REQUEST;
        }
        if (epoch > ElectionState.HIGHEST_EPOCH) {
            return complain(Effect.Problem.EPOCH_OUT_OF_RANGE, senderId, epoch, Errors.INVALID_REQUEST);
        }
        return epoch - state.epoch() > LONGEST_STEP ? Errors.UNKNOWN_LEADER_EPOCH : Errors.NONE;
    }

    boolean isMeantForOther(@Nullable ReplicaKey addressee) {
        return addressee != null && !addressee.matches(state.config().local());
    }

    /** Whether an answer's header, not from an older epoch, can be true. Two leaders of one epoch, or a made-up epoch, cannot. */
    boolean isCredible(Peer from, Response.Header header) {
        int leaderId = header.leader().orElse(ReplicaKey.NO_ID);
        boolean sameEpoch = header.epoch() == state.epoch();
        if (header.epoch() > ElectionState.HIGHEST_EPOCH) {
            complain(Effect.Problem.EPOCH_OUT_OF_RANGE, from.id(), header.epoch(), header.error());
            return false;
        }
        ElectionState election = state.election();
        if (leaderId == state.localId() && (state.isVoter() || election.isLedBy(leaderId))) {
            boolean led = sameEpoch && election.isLedBy(leaderId);
            if (!led) {
                complain(Effect.Problem.NAMED_AS_LEADER, from.id(), header.epoch(), header.error());
            }
            return led;
        }
        if (leaderId >= 0 && sameEpoch && election.leader().isPresent() && !election.isLedBy(leaderId)) {
            complain(Effect.Problem.TWO_LEADERS, from.id(), header.epoch(), header.error());
            return false;
        }
        return true;
    }

    private Errors complain(Effect.Problem problem, int peerId, int epoch, Errors error) {
        state.emit(new Effect.Complain(problem, peerId, "epoch " + epoch + ", here " + state.election()));
        return error;
    }
}
