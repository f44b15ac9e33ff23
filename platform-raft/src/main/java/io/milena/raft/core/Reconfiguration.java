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

    private final Replica replica;
    /** What static voters have told of themselves in {@link #toldEpoch}. */
    private final Map<Integer, Voter> told = new HashMap<>();

    private int toldEpoch = -1;
    private @Nullable Pending pending;

    private record Pending(long ticket, int epoch, VoterSet target, long deadlineMs) {}

    Reconfiguration(Replica replica) {
        this.replica = replica;
    }

    void onChange(long ticket, VoterChange change, long timeoutMs, long nowMs) {
        if (!(replica.role() instanceof Role.Leader leader)) {
            answer(ticket, Errors.NOT_LEADER_OR_FOLLOWER, "This node does not lead the metadata quorum");
            return;
        }
        String notYet = notYet(leader.progress());
        if (change instanceof VoterChange.Update update) {
            answer(ticket, update(update, timeoutMs, nowMs), null);
        } else if (notYet != null) {
            answer(ticket, Errors.REQUEST_TIMED_OUT, notYet);
        } else if (change instanceof VoterChange.Upgrade upgrade) {
            upgrade(ticket, upgrade, timeoutMs, nowMs);
        } else if (replica.log.kraftVersion() < 1) {
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

    private @Nullable String notYet(LeaderProgress progress) {
        if (pending != null) {
            return "Another change of the voters is under way";
        }
        if (progress.highWatermark() < 0) {
            return "The leader has not committed a record of its epoch yet";
        }
        return replica.log.votersOffset() >= progress.highWatermark()
                ? "The last change of the voters is not committed yet"
                : null;
    }

    private void add(long ticket, VoterChange.Add add, LeaderProgress progress, long timeoutMs, long nowMs) {
        Voter voter = add.voter();
        ReplicaProgress seen = progress.observer(voter.key());
        if (replica.log.voters().ids().contains(voter.key().id())) {
            answer(ticket, Errors.DUPLICATE_VOTER, "The voter id for " + voter.key() + " is already part of the set");
        } else if (!supports(voter)) {
            answer(
                    ticket,
                    Errors.INVALID_REQUEST,
                    "Replica " + voter.key() + " supports kraft.version " + voter.minKraftVersion() + " to "
                            + voter.maxKraftVersion() + ", the quorum has " + replica.log.kraftVersion());
        } else if (seen.lastCaughtUpMs() <= 0 || nowMs - seen.lastFetchMs() > CAUGHT_UP_MS) {
            answer(ticket, Errors.REQUEST_TIMED_OUT, "Replica " + voter.key() + " has not caught up with the leader");
        } else {
            begin(ticket, replica.log.voters().with(voter), timeoutMs, nowMs);
            if (!add.whenCommitted()) {
                answer(ticket, Errors.NONE, null);
            }
        }
    }

    private boolean supports(Voter voter) {
        short level = replica.log.kraftVersion();
        return voter.minKraftVersion() <= level && level <= voter.maxKraftVersion();
    }

    private void remove(long ticket, ReplicaKey key, long timeoutMs, long nowMs) {
        if (!replica.log.voters().contains(key)) {
            answer(
                    ticket,
                    Errors.VOTER_NOT_FOUND,
                    "Cannot remove voter " + key + " from the set of voters "
                            + replica.log.voters().voters().stream()
                                    .map(Voter::key)
                                    .toList());
        } else if (replica.log.voters().size() == 1) {
            answer(ticket, Errors.VOTER_NOT_FOUND, "Replica " + key + " is the only voter and cannot be removed");
        } else {
            begin(ticket, replica.log.voters().without(key.id()), timeoutMs, nowMs);
        }
    }

    /** A voter's own request, which is answered at once: its fetches wait for this answer, and the commit may wait for its fetches. */
    void onUpdate(long ticket, Request.UpdateVoter request, long nowMs) {
        Errors error = update(new VoterChange.Update(request.epoch(), request.voter()), UPDATE_TIMEOUT_MS, nowMs);
        replica.emit(new Effect.Reply(ticket, new Response.UpdateVoter(replica.header(error))));
    }

    private Errors update(VoterChange.Update update, long timeoutMs, long nowMs) {
        Errors error = epochError(update.epoch());
        if (error != Errors.NONE) {
            return error;
        }
        if (!(replica.role() instanceof Role.Leader leader)) {
            return Errors.NOT_LEADER_OR_FOLLOWER;
        }
        return replica.log.kraftVersion() < 1
                ? hear(update.voter())
                : replace(update.voter(), leader.progress(), timeoutMs, nowMs);
    }

    private Errors replace(Voter voter, LeaderProgress progress, long timeoutMs, long nowMs) {
        if (!replica.log.voters().contains(voter.key())) {
            return Errors.VOTER_NOT_FOUND;
        }
        if (!supports(voter) || voter.address(replica.config.listener()).isEmpty()) {
            return Errors.INVALID_REQUEST;
        }
        if (replica.log.voters().voter(voter.key().id()).filter(voter::equals).isPresent()) {
            return Errors.NONE;
        }
        if (notYet(progress) != null) {
            return Errors.REQUEST_TIMED_OUT;
        }
        begin(NO_TICKET, replica.log.voters().with(voter), timeoutMs, nowMs);
        return Errors.NONE;
    }

    /** A static voter says who it is: kept for the day on which the voters are to become dynamic. */
    private Errors hear(Voter voter) {
        if (!replica.log.voters().ids().contains(voter.key().id())) {
            return Errors.VOTER_NOT_FOUND;
        }
        heard().put(voter.key().id(), voter);
        return Errors.NONE;
    }

    private Map<Integer, Voter> heard() {
        if (toldEpoch != replica.epoch()) {
            told.clear();
            toldEpoch = replica.epoch();
        }
        return told;
    }

    private void upgrade(long ticket, VoterChange.Upgrade upgrade, long timeoutMs, long nowMs) {
        short level = replica.log.kraftVersion();
        if (upgrade.kraftVersion() == level) {
            answer(ticket, Errors.NONE, null);
            return;
        }
        if (upgrade.kraftVersion() < level) {
            answer(ticket, Errors.INVALID_UPDATE_VERSION, "Can't downgrade the version of this feature.");
            return;
        }
        heard().put(replica.localId(), new Voter(replica.config.local(), replica.config.endpoints()));
        List<Voter> voters = new ArrayList<>();
        for (int id : replica.log.voters().ids()) {
            Voter voter = told.get(id);
            if (voter == null || voter.maxKraftVersion() < upgrade.kraftVersion()) {
                answer(
                        ticket,
                        Errors.INVALID_UPDATE_VERSION,
                        voter == null
                                ? "Voter " + id + " has not told its directory id and endpoints yet."
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
            pending = new Pending(ticket, replica.epoch(), target, nowMs + timeoutMs);
            replica.emit(new Effect.AppendKraftVersion(replica.epoch(), upgrade.kraftVersion(), target));
        }
    }

    private Errors epochError(int epoch) {
        if (epoch < replica.epoch()) {
            return Errors.FENCED_LEADER_EPOCH;
        }
        return epoch > replica.epoch() ? Errors.UNKNOWN_LEADER_EPOCH : Errors.NONE;
    }

    private void begin(long ticket, VoterSet target, long timeoutMs, long nowMs) {
        pending = new Pending(ticket, replica.epoch(), target, nowMs + timeoutMs);
        replica.emit(new Effect.AppendVoters(replica.epoch(), target));
    }

    /** Answers what is committed, timed out, or void because the leader changed. Never changes a role. */
    void act(long nowMs) {
        Pending change = pending;
        if (change == null) {
            return;
        }
        boolean leads = replica.role() instanceof Role.Leader && replica.epoch() == change.epoch();
        boolean written = replica.log.voters().equals(change.target());
        if (!leads) {
            pending = null;
            answer(change.ticket(), Errors.NOT_LEADER_OR_FOLLOWER, "The leader changed meanwhile");
        } else if (written && replica.highWatermark() > replica.log.votersOffset()) {
            pending = null;
            answer(change.ticket(), Errors.NONE, null);
        } else if (nowMs >= change.deadlineMs()) {
            pending = null;
            answer(change.ticket(), Errors.REQUEST_TIMED_OUT, "The new voters were not committed in time");
        } else {
            replica.wakeAt(change.deadlineMs());
        }
    }

    private void answer(long ticket, Errors error, @Nullable String message) {
        replica.emit(new Effect.AnswerChange(ticket, error, message));
    }
}
