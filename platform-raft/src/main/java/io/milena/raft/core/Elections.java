package io.milena.raft.core;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;

/** Votes, announcements and resignations (KIP-595, pre-vote KIP-996), asked and answered. */
final class Elections {
    private final RaftState state;
    private final ElectionRules rules;
    private final LeaderDiscovery discovery;

    Elections(RaftState state, ElectionRules rules, LeaderDiscovery discovery) {
        this.state = state;
        this.rules = rules;
        this.discovery = discovery;
    }

    // ---- asked by others

    void onVote(long ticket, Request.Vote request, long nowMs) {
        boolean malformed = request.lastLog().offset() < 0
                || request.lastLog().epoch() < 0
                || (request.preVote()
                        ? request.lastLog().epoch() > request.epoch()
                        : request.lastLog().epoch() >= request.epoch());
        Errors error = malformed ? Errors.INVALID_REQUEST : rules.checkCandidate(request);
        boolean granted = false;
        if (error == Errors.NONE) {
            if (request.epoch() > state.epoch()) {
                state.becomeUnattached(request.epoch(), nowMs);
            }
            granted = grants(request);
            if (granted && !request.preVote() && state.election().voted() == null) {
                state.becomeVoted(request.candidate(), nowMs);
            }
        }
        state.emit(new Effect.Reply(ticket, new Response.Vote(state.header(error), granted)));
    }

    /**
     * A vote is granted once per epoch, to a log at least as good as ours, and not where a leader of the epoch is known. A pre-vote
     * promises nothing; a follower that hears from its leader refuses it, so that a partitioned replica cannot disturb.
     */
    private boolean grants(Request.Vote request) {
        boolean upToDate = state.isUpToDate(request.lastLog());
        Role role = state.role();
        if (request.preVote()) {
            boolean hasLeader =
                    role instanceof Role.Leader || (role instanceof Role.Follower follower && follower.heardFrom());
            return upToDate && !hasLeader;
        }
        if (role instanceof Role.Leader || role instanceof Role.Follower || role instanceof Role.Resigned) {
            return false;
        }
        Optional<ReplicaKey> voted = state.election().vote();
        if (voted.isPresent()) {
            return voted.get().matches(request.candidate());
        }
        return upToDate && state.election().leader().isEmpty();
    }

    void onBeginEpoch(long ticket, Request.BeginEpoch request, long nowMs) {
        Errors error = rules.checkLeader(request.epoch(), request.leaderId());
        if (error == Errors.NONE) {
            discovery.leaderIs(request.epoch(), request.leaderId(), request.leaderAddress(), nowMs);
            if (rules.isMeantForOther(request.addressee())) {
                error = Errors.INVALID_VOTER_KEY;
            }
        }
        state.emit(new Effect.Reply(ticket, new Response.BeginEpoch(state.header(error))));
    }

    void onEndEpoch(long ticket, Request.EndEpoch request, long nowMs) {
        Errors error = rules.checkLeader(request.epoch(), request.leaderId());
        if (error == Errors.NONE) {
            discovery.leaderIs(request.epoch(), request.leaderId(), request.leaderAddress(), nowMs);
            if (state.role() instanceof Role.Follower follower
                    && follower.leader().id() == request.leaderId()) {
                state.update(follower.gone(nowMs + successionDelayMs(request.successors())));
            }
        }
        state.emit(new Effect.Reply(ticket, new Response.EndEpoch(state.header(error))));
    }

    /** The first successor stands at once, the others ever later, so that they do not split the vote. */
    private long successionDelayMs(List<ReplicaKey> successors) {
        int position = 0;
        while (position < successors.size()
                && !successors.get(position).matches(state.config().local())) {
            position++;
        }
        int max = state.config().election().backoffMaxMs();
        if (position == 0 && !successors.isEmpty()) {
            return 0;
        }
        if (position >= successors.size()) {
            return max;
        }
        int halvings = Math.min(successors.size() - position, Integer.SIZE - 1);
        return max >> halvings;
    }

    // ---- answers to us

    Pace.Outcome onVoteAnswer(Peer from, Request.Vote request, Response.Vote response, long nowMs) {
        boolean preVote = request.preVote();
        if (preVote
                && response.header().error() == Errors.UNSUPPORTED_VERSION
                && state.role() instanceof Role.Prospective) {
            state.becomeCandidate(nowMs); // a peer from before KIP-996: vote as of old
            return Pace.Outcome.SERVED;
        }
        if (!discovery.heard(from, response.header(), nowMs)
                || response.header().error() != Errors.NONE
                || request.epoch() != state.epoch()) {
            return Pace.Outcome.IN_VAIN;
        }
        if (preVote && state.role() instanceof Role.Prospective prospective) {
            if (prospective.leaderIsGone() && !response.granted()) {
                state.pace().retrySoon(from, Request.Kind.VOTE, nowMs);
            } else {
                count(prospective, prospective.ballot().with(from.id(), response.granted()), nowMs);
            }
        } else if (!preVote && state.role() instanceof Role.Candidate candidate) {
            count(candidate, candidate.ballot().with(from.id(), response.granted()), nowMs);
        }
        return Pace.Outcome.SERVED;
    }

    private void count(Role.Prospective role, Ballot ballot, long nowMs) {
        state.update(new Role.Prospective(ballot, role.deadlineMs(), role.leaderIsGone()));
        if (ballot.isWon(state.log().voters())) {
            state.becomeCandidate(nowMs);
        } else if (ballot.isLost(state.log().voters())) {
            state.endRound(nowMs);
        }
    }

    private void count(Role.Candidate role, Ballot ballot, long nowMs) {
        long backoff = role.backoffUntilMs();
        if (ballot.isLost(state.log().voters()) && backoff == Long.MAX_VALUE) {
            backoff = state.times().backoffUntil(nowMs);
        }
        state.update(new Role.Candidate(ballot, role.deadlineMs(), backoff));
        if (ballot.isWon(state.log().voters())) {
            state.becomeLeader(ballot.granted(), nowMs);
        }
    }

    Pace.Outcome onEndEpochAnswer(Peer from, Response.EndEpoch response, long nowMs) {
        if (!discovery.heard(from, response.header(), nowMs) || !(state.role() instanceof Role.Resigned resigned)) {
            return Pace.Outcome.IN_VAIN;
        }
        var acknowledged = new HashSet<>(resigned.acknowledged());
        acknowledged.add(from.id());
        state.update(new Role.Resigned(resigned.successors(), acknowledged, resigned.electionDeadlineMs()));
        return Pace.Outcome.SERVED;
    }

    // ---- what is due

    /** Does what the role has to do by now; true if the role changed and what is due must be looked at again. */
    boolean act(long nowMs) {
        Role role = state.role();
        if (role instanceof Role.Prospective prospective) {
            return askForVotes(prospective.ballot(), prospective.deadlineMs(), true, nowMs);
        }
        if (role instanceof Role.Candidate candidate) {
            return askForVotes(
                    candidate.ballot(), Math.min(candidate.deadlineMs(), candidate.backoffUntilMs()), false, nowMs);
        }
        if (role instanceof Role.Resigned resigned) {
            return announceResignation(resigned, nowMs);
        }
        return false;
    }

    private boolean askForVotes(Ballot ballot, long deadlineMs, boolean preVote, long nowMs) {
        if (nowMs >= deadlineMs) {
            if (preVote) {
                state.endRound(nowMs);
            } else {
                state.becomeProspective(nowMs);
            }
            return true;
        }
        state.wakeAt(deadlineMs);
        for (Voter voter : state.log().voters().voters()) {
            if (voter.key().id() != state.localId()
                    && !ballot.hasAnswered(voter.key().id())) {
                Request.Vote vote = new Request.Vote(
                        state.epoch(), state.config().local(), state.log().end(), preVote, voter.key());
                ask(voter, vote, nowMs);
            }
        }
        return false;
    }

    private boolean announceResignation(Role.Resigned resigned, long nowMs) {
        if (nowMs >= resigned.electionDeadlineMs()) {
            if (state.isOnlyVoter()) {
                state.becomeProspective(nowMs);
            } else {
                state.becomeUnattached(Math.min(state.epoch() + 1, ElectionState.HIGHEST_EPOCH), nowMs);
            }
            return true;
        }
        state.wakeAt(resigned.electionDeadlineMs());
        for (Voter voter : state.log().voters().voters()) {
            if (voter.key().id() != state.localId()
                    && !resigned.acknowledged().contains(voter.key().id())) {
                Request.EndEpoch end = new Request.EndEpoch(
                        state.epoch(),
                        state.localId(),
                        state.config().endpoints().get(state.config().listener()),
                        resigned.successors());
                ask(voter, end, nowMs);
            }
        }
        return false;
    }

    private void ask(Voter voter, Request request, long nowMs) {
        voter.address(state.config().listener())
                .ifPresent(address -> state.sendPaced(new Peer(voter.key().id(), address), request, nowMs));
    }
}
