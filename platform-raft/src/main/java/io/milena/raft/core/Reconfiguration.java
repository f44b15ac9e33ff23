package io.milena.raft.core;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * Changes of the voter set, one voter at a time so that any two consecutive majorities overlap, and the next only once the
 * last is committed (KIP-853; Raft thesis 4.1). A new set counts as soon as it is in the log.
 */
final class Reconfiguration {
    /** A new voter must have fetched within this time, or it would be a voter that holds nothing. */
    private static final long CAUGHT_UP_MS = 3_600_000;

    /** Nobody waits for such a change: the outcome of a voter's own update shows in the log. */
    private static final long NO_TICKET = -1;

    private static final long UPDATE_TIMEOUT_MS = 5_000;

    private final RaftState state;
    /** What static voters have reported of themselves in {@link #reportedEpoch}. */
    private final Map<Integer, Voter> reported = new HashMap<>();

    private int reportedEpoch = -1;
    private @Nullable Pending pending;

    private record Pending(long ticket, int epoch, VoterSet target, long deadlineMs) {}

    Reconfiguration(RaftState state) {
        this.state = state;
    }

    void onChange(long ticket, VoterChange change, long timeoutMs, long nowMs) {
        if (!(state.role() instanceof Role.Leader leader)) {
            answer(ticket, Errors.NOT_LEADER_OR_FOLLOWER, "This node does not lead the metadata quorum");
            return;
        }
        String notYet = whyNotYet(leader.progress());
        if (change instanceof VoterChange.Update update) {
            answer(ticket, update(update, timeoutMs, nowMs), null);
        } else if (notYet != null) {
            answer(ticket, Errors.REQUEST_TIMED_OUT, notYet);
        } else if (change instanceof VoterChange.Upgrade upgrade) {
            upgrade(ticket, upgrade, timeoutMs, nowMs);
        } else if (state.log().kraftVersion() < 1) {
            answer(
                    ticket,
                    Errors.UNSUPPORTED_VERSION,
                    "The voters are static (kraft.version 0): they stand in controller.quorum.voters");
        } else if (change instanceof VoterChange.Add add) {
            add(ticket, add, leader.progress(), timeoutMs, nowMs);
        } else if (change instanceof VoterChange.Remove remove) {
            remove(ticket, remove.voter(), timeoutMs, nowMs);
        }
    }

    private @Nullable String whyNotYet(LeaderProgress progress) {
        if (pending != null) {
            return "Another change of the voters is under way";
        }
        if (progress.highWatermark() < 0) {
            return "The leader has not committed a record of its epoch yet";
        }
        return state.log().votersOffset() >= progress.highWatermark()
                ? "The last change of the voters is not committed yet"
                : null;
    }

    private void add(long ticket, VoterChange.Add add, LeaderProgress progress, long timeoutMs, long nowMs) {
        Voter voter = add.voter();
        ReplicaProgress seen = progress.observer(voter.key());
        if (state.log().voters().ids().contains(voter.key().id())) {
            answer(ticket, Errors.DUPLICATE_VOTER, "The voter id for " + voter.key() + " is already part of the set");
        } else if (!voter.isSane()) {
            answer(ticket, Errors.INVALID_REQUEST, "The endpoints or versions of " + voter.key() + " make no sense");
        } else if (!supports(voter)) {
            answer(
                    ticket,
                    Errors.INVALID_REQUEST,
                    "Replica " + voter.key() + " supports kraft.version " + voter.minKraftVersion() + " to "
                            + voter.maxKraftVersion() + ", the quorum has "
                            + state.log().kraftVersion());
        } else if (seen.lastCaughtUpMs() <= 0 || nowMs - seen.lastFetchMs() > CAUGHT_UP_MS) {
            answer(ticket, Errors.REQUEST_TIMED_OUT, "Replica " + voter.key() + " has not caught up with the leader");
        } else {
            begin(ticket, state.log().voters().with(voter), timeoutMs, nowMs);
            if (!add.whenCommitted()) {
                answer(ticket, Errors.NONE, null);
            }
        }
    }

    private boolean supports(Voter voter) {
        short level = state.log().kraftVersion();
        return voter.minKraftVersion() <= level && level <= voter.maxKraftVersion();
    }

    private void remove(long ticket, ReplicaKey key, long timeoutMs, long nowMs) {
        if (!state.log().voters().contains(key)) {
            answer(
                    ticket,
                    Errors.VOTER_NOT_FOUND,
                    "Cannot remove voter " + key + " from the set of voters "
                            + state.log().voters().voters().stream()
                                    .map(Voter::key)
                                    .toList());
        } else if (state.log().voters().size() == 1) {
            answer(ticket, Errors.VOTER_NOT_FOUND, "Replica " + key + " is the only voter and cannot be removed");
        } else {
            begin(ticket, state.log().voters().without(key.id()), timeoutMs, nowMs);
        }
    }

    /** A voter's own request, which is answered at once: its fetches wait for this answer, and the commit may wait for its fetches. */
    void onUpdate(long ticket, Request.UpdateVoter request, long nowMs) {
        Errors error = update(new VoterChange.Update(request.epoch(), request.voter()), UPDATE_TIMEOUT_MS, nowMs);
        state.emit(new Effect.Reply(ticket, new Response.UpdateVoter(state.header(error))));
    }

    private Errors update(VoterChange.Update update, long timeoutMs, long nowMs) {
        Errors error = epochError(update.epoch());
        if (error != Errors.NONE) {
            return error;
        }
        if (!(state.role() instanceof Role.Leader leader)) {
            return Errors.NOT_LEADER_OR_FOLLOWER;
        }
        if (!update.voter().isSane()) {
            return Errors.INVALID_REQUEST;
        }
        return state.log().kraftVersion() < 1
                ? report(update.voter())
                : replace(update.voter(), leader.progress(), timeoutMs, nowMs);
    }

    private Errors replace(Voter voter, LeaderProgress progress, long timeoutMs, long nowMs) {
        if (!state.log().voters().contains(voter.key())) {
            return Errors.VOTER_NOT_FOUND;
        }
        if (!supports(voter) || voter.address(state.config().listener()).isEmpty()) {
            return Errors.INVALID_REQUEST;
        }
        if (state.log().voters().voter(voter.key().id()).filter(voter::equals).isPresent()) {
            return Errors.NONE;
        }
        if (whyNotYet(progress) != null) {
            return Errors.REQUEST_TIMED_OUT;
        }
        begin(NO_TICKET, state.log().voters().with(voter), timeoutMs, nowMs);
        return Errors.NONE;
    }

    /** A static voter says who it is: kept for the day on which the voters are to become dynamic. */
    private Errors report(Voter voter) {
        if (!state.log().voters().ids().contains(voter.key().id())) {
            return Errors.VOTER_NOT_FOUND;
        }
        reportedNow().put(voter.key().id(), voter);
        return Errors.NONE;
    }

    private Map<Integer, Voter> reportedNow() {
        if (reportedEpoch != state.epoch()) {
            reported.clear();
            reportedEpoch = state.epoch();
        }
        return reported;
    }

    private void upgrade(long ticket, VoterChange.Upgrade upgrade, long timeoutMs, long nowMs) {
        short level = state.log().kraftVersion();
        if (upgrade.kraftVersion() == level) {
            answer(ticket, Errors.NONE, null);
            return;
        }
        if (upgrade.kraftVersion() < level) {
            answer(ticket, Errors.INVALID_UPDATE_VERSION, "Can't downgrade the version of this feature.");
            return;
        }
        reportedNow()
                .put(
                        state.localId(),
                        new Voter(state.config().local(), state.config().endpoints()));
        List<Voter> voters = new ArrayList<>();
        for (int id : state.log().voters().ids()) {
            Voter voter = reported.get(id);
            if (voter == null || voter.maxKraftVersion() < upgrade.kraftVersion()) {
                answer(
                        ticket,
                        Errors.INVALID_UPDATE_VERSION,
                        voter == null
                                ? "Voter " + id + " has not reported its directory id and endpoints yet."
                                : "Voter " + id + " only supports versions " + voter.minKraftVersion() + "-"
                                        + voter.maxKraftVersion());
                return;
            }
            voters.add(voter);
        }
        if (upgrade.validateOnly()) {
            answer(ticket, Errors.NONE, null);
        } else {
            VoterSet target = VoterSet.of(voters);
            pending = new Pending(ticket, state.epoch(), target, nowMs + timeoutMs);
            state.emit(new Effect.AppendKraftVersion(state.epoch(), upgrade.kraftVersion(), target));
        }
    }

    private Errors epochError(int epoch) {
        if (epoch < state.epoch()) {
            return Errors.FENCED_LEADER_EPOCH;
        }
        return epoch > state.epoch() ? Errors.UNKNOWN_LEADER_EPOCH : Errors.NONE;
    }

    private void begin(long ticket, VoterSet target, long timeoutMs, long nowMs) {
        pending = new Pending(ticket, state.epoch(), target, nowMs + timeoutMs);
        state.emit(new Effect.AppendVoters(state.epoch(), target));
    }

    /** Answers what is committed, timed out, or void because the leader changed. Never changes a role. */
    void act(long nowMs) {
        Pending change = pending;
        if (change == null) {
            return;
        }
        boolean leads = state.role() instanceof Role.Leader && state.epoch() == change.epoch();
        boolean written = state.log().voters().equals(change.target());
        if (!leads) {
            pending = null;
            answer(change.ticket(), Errors.NOT_LEADER_OR_FOLLOWER, "The leader changed meanwhile");
        } else if (written && state.highWatermark() > state.log().votersOffset()) {
            pending = null;
            answer(change.ticket(), Errors.NONE, null);
        } else if (nowMs >= change.deadlineMs()) {
            pending = null;
            answer(change.ticket(), Errors.REQUEST_TIMED_OUT, "The new voters were not committed in time");
        } else {
            state.wakeAt(change.deadlineMs());
        }
    }

    private void answer(long ticket, Errors error, @Nullable String message) {
        state.emit(new Effect.AnswerChange(ticket, error, message));
    }
}
