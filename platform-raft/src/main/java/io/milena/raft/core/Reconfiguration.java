package io.milena.raft.core;

import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * Changes of the voter set, one voter at a time so that any two consecutive majorities overlap, and the next only once the
 * last is committed (KIP-853; Raft thesis 4.1). A new set counts as soon as it is in the log.
 */
final class Reconfiguration {
    /** A new voter must have fetched within this time, or it would be a voter that holds nothing. */
    private static final long CAUGHT_UP_MS = 3_600_000;

    private final Replica replica;
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
        if (notYet != null) {
            answer(ticket, Errors.REQUEST_TIMED_OUT, notYet);
        } else if (replica.log.kraftVersion() < 1) {
            answer(
                    ticket,
                    Errors.UNSUPPORTED_VERSION,
                    "The voters are static (kraft.version 0): they stand in controller.quorum.voters");
        } else if (change instanceof VoterChange.Add add) {
            add(ticket, add, leader.progress(), timeoutMs, nowMs);
        } else if (change instanceof VoterChange.Remove remove) {
            remove(ticket, remove.voter(), timeoutMs, nowMs);
        } else if (change instanceof VoterChange.Update update) {
            update(ticket, update, timeoutMs, nowMs);
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
            answer(ticket, Errors.VOTER_NOT_FOUND, "Replica " + key + " is not a voter");
        } else if (replica.log.voters().size() == 1) {
            answer(ticket, Errors.VOTER_NOT_FOUND, "Replica " + key + " is the only voter and cannot be removed");
        } else {
            begin(ticket, replica.log.voters().without(key.id()), timeoutMs, nowMs);
        }
    }

    private void update(long ticket, VoterChange.Update update, long timeoutMs, long nowMs) {
        Voter voter = update.voter();
        if (update.epoch() < replica.epoch()) {
            answer(ticket, Errors.FENCED_LEADER_EPOCH, null);
        } else if (update.epoch() > replica.epoch()) {
            answer(ticket, Errors.UNKNOWN_LEADER_EPOCH, null);
        } else if (!replica.log.voters().contains(voter.key())) {
            answer(ticket, Errors.VOTER_NOT_FOUND, null);
        } else if (!supports(voter) || voter.address(replica.config.listener()).isEmpty()) {
            answer(ticket, Errors.INVALID_REQUEST, null);
        } else if (replica.log
                .voters()
                .voter(voter.key().id())
                .filter(voter::equals)
                .isPresent()) {
            answer(ticket, Errors.NONE, null);
        } else {
            begin(ticket, replica.log.voters().with(voter), timeoutMs, nowMs);
        }
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
