package io.milena.raft.core;

import io.milena.records.OffsetAndEpoch;
import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** What a leader does, and how anybody answers fetches. */
final class Leadership {
    /** The bootstrap snapshot is never replicated: the first leader writes its content to the log (KIP-853). */
    static final OffsetAndEpoch BOOTSTRAP_SNAPSHOT = new OffsetAndEpoch(0, 0);

    private final RaftState state;
    private final LeaderDiscovery discovery;

    Leadership(RaftState state, LeaderDiscovery discovery) {
        this.state = state;
        this.discovery = discovery;
    }

    void onFetch(long ticket, Request.Fetch request, long nowMs) {
        boolean malformed = request.offset() < 0
                || request.maxWaitMs() < 0
                || request.lastFetchedEpoch() < 0
                || request.lastFetchedEpoch() > request.epoch();
        Errors error = malformed ? Errors.INVALID_REQUEST : leaderOnly(request.epoch());
        if (error == Errors.NONE && state.role() instanceof Role.Leader leader) {
            serve(ticket, request, leader.progress(), nowMs);
        } else {
            reply(ticket, error, null, null, -1);
        }
    }

    private void serve(long ticket, Request.Fetch request, LeaderProgress progress, long nowMs) {
        Optional<OffsetAndEpoch> snapshot = state.log().latestSnapshotId();
        if (request.offset() == 0 && snapshot.isPresent() && !snapshot.get().equals(BOOTSTRAP_SNAPSHOT)) {
            reply(ticket, Errors.NONE, null, snapshot.get(), progress.highWatermark());
            return;
        }
        if (isBelowLog(request.offset(), request.lastFetchedEpoch())) {
            OffsetAndEpoch id = snapshot.orElseThrow(() -> new InvariantBrokenException(
                    "Log starts at " + state.log().startOffset() + " and there is no snapshot"));
            reply(ticket, Errors.NONE, null, id, progress.highWatermark());
            return;
        }
        OffsetAndEpoch diverging = divergence(request.offset(), request.lastFetchedEpoch());
        if (diverging != null) {
            reply(ticket, Errors.NONE, diverging, null, progress.highWatermark());
            return;
        }
        if (progress.updateReplica(
                request.replica(), request.offset(), state.log().endOffset(), nowMs)) {
            state.commit(progress.highWatermark());
        }
        state.emit(new Effect.ServeFetch(ticket, request, state.header(Errors.NONE), progress.highWatermark()));
    }

    private boolean isBelowLog(long offset, int epoch) {
        if (state.log().startOffset() == 0 && offset == 0 && epoch == 0) {
            return false;
        }
        return state.log()
                .earliestSnapshotId()
                .filter(first -> offset < state.log().startOffset()
                        || (offset == state.log().startOffset() && epoch != first.epoch())
                        || epoch < first.epoch())
                .isPresent();
    }

    /** Where the asker's log can still agree with ours; null if it does so to its end. */
    private @Nullable OffsetAndEpoch divergence(long offset, int epoch) {
        if (state.log().startOffset() == 0 && offset == 0 && epoch == 0) {
            return null;
        }
        OffsetAndEpoch common = state.log().endOffsetForEpoch(epoch);
        return common.epoch() != epoch || common.offset() < offset ? common : null;
    }

    private void reply(
            long ticket,
            Errors error,
            @Nullable OffsetAndEpoch diverging,
            @Nullable OffsetAndEpoch snapshot,
            long highWatermark) {
        state.emit(new Effect.Reply(
                ticket,
                new Response.Fetch(
                        state.header(error),
                        diverging,
                        snapshot,
                        null,
                        highWatermark,
                        state.log().startOffset())));
    }

    void onFetchSnapshot(long ticket, Request.FetchSnapshot request, long nowMs) {
        Errors error = leaderOnly(request.epoch());
        if (error == Errors.NONE && request.snapshotId().equals(BOOTSTRAP_SNAPSHOT)) {
            error = Errors.SNAPSHOT_NOT_FOUND;
        }
        if (error == Errors.NONE && state.role() instanceof Role.Leader leader) {
            leader.progress().touch(request.replica(), nowMs);
            state.emit(new Effect.ServeSnapshot(ticket, request, state.header(Errors.NONE)));
        } else {
            state.emit(new Effect.Reply(
                    ticket, new Response.FetchSnapshot(state.header(error), request.snapshotId(), 0, 0, null)));
        }
    }

    private Errors leaderOnly(int epoch) {
        if (epoch < state.epoch()) {
            return Errors.FENCED_LEADER_EPOCH;
        }
        if (epoch > state.epoch()) {
            return Errors.UNKNOWN_LEADER_EPOCH;
        }
        return state.role() instanceof Role.Leader ? Errors.NONE : Errors.NOT_LEADER_OR_FOLLOWER;
    }

    Pace.Outcome onBeginEpochAnswer(Peer from, Response.BeginEpoch response, long nowMs) {
        if (!discovery.heard(from, response.header(), nowMs)
                || response.header().error() != Errors.NONE
                || !(state.role() instanceof Role.Leader leader)) {
            return Pace.Outcome.IN_VAIN;
        }
        leader.progress().acknowledged(from.id(), nowMs);
        return Pace.Outcome.SERVED;
    }

    void onLogChanged(long durableEndOffset, long nowMs) {
        if (state.role() instanceof Role.Leader leader) {
            leader.progress().changeVoters(state.log().voters(), nowMs);
            if (leader.progress().updateLocal(durableEndOffset, nowMs)) {
                state.commit(leader.progress().highWatermark());
            }
        }
    }

    boolean act(long nowMs) {
        if (!(state.role() instanceof Role.Leader leader)) {
            return false;
        }
        LeaderProgress progress = leader.progress();
        progress.changeVoters(state.log().voters(), nowMs);
        boolean removed =
                !state.isVoter() && progress.highWatermark() > state.log().votersOffset();
        if (removed || nowMs >= progress.checkQuorumDeadlineMs()) {
            state.resign(nowMs);
            return true;
        }
        state.wakeAt(progress.checkQuorumDeadlineMs());
        announce(progress, nowMs);
        state.appendLeaderChange();
        return false;
    }

    private void announce(LeaderProgress progress, long nowMs) {
        int periodMs = state.pace().periodMs(Request.Kind.BEGIN_EPOCH);
        for (Voter voter : state.log().voters().voters()) {
            HostPort address = voter.address(state.config().listener()).orElse(null);
            if (voter.key().id() == state.localId() || address == null) {
                continue;
            }
            long dueMs = progress.beginEpochDueMs(voter.key().id(), periodMs);
            if (nowMs < dueMs) {
                state.wakeAt(dueMs);
                continue;
            }
            Request begin = new Request.BeginEpoch(
                    state.epoch(),
                    state.localId(),
                    state.config().endpoints().get(state.config().listener()),
                    voter.key());
            state.sendPaced(new Peer(voter.key().id(), address), begin, nowMs);
        }
    }
}
