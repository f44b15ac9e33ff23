package io.milena.raft.core;

import io.milena.records.OffsetAndEpoch;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** What a follower, voter or observer, does: fetch from the leader, and look for one where none is known. */
final class Following {
    /** KIP-1166: we always say our high watermark; -1 while unknown. */
    private final RaftState state;

    private final LeaderDiscovery discovery;
    private int nextCandidate;
    private int followedEpoch = -1;
    private int updatedInEpoch = -1;

    Following(RaftState state, LeaderDiscovery discovery) {
        this.state = state;
        this.discovery = discovery;
    }

    // ---- answers

    Pace.Outcome onFetchAnswer(Peer from, Request.Fetch asked, Response.Fetch response, long nowMs) {
        int epoch = state.epoch();
        boolean current = discovery.heard(from, response.header(), nowMs);
        if (!current || response.header().error() != Errors.NONE) {
            if (state.epoch() == epoch) {
                onResignationOf(from, response.header(), nowMs);
            }
            return Pace.Outcome.IN_VAIN;
        }
        state.times().forgetLostRounds();
        if (!(state.role() instanceof Role.Follower follower)) {
            return Pace.Outcome.IN_VAIN;
        }
        if (state.isAwaitingLog()) {
            return Pace.Outcome.SERVED;
        }
        if (asked.offset() != state.log().endOffset()
                || asked.lastFetchedEpoch() != state.log().lastEpoch()) {
            return Pace.Outcome.SERVED; // another peer, asked at the same time, was quicker
        }
        long deadline = nowMs + state.config().fetching().timeoutMs();
        if (response.diverging() != null) {
            state.update(follower.heard(deadline, -1, null));
            return truncate(from, response.diverging());
        }
        if (response.snapshotId() != null) {
            return take(from, response.snapshotId(), follower, deadline);
        }
        state.update(follower.heard(deadline, response.highWatermark(), null));
        if (response.records() != null && response.records().sizeInBytes() > 0) {
            state.awaitLog(true);
            state.emit(new Effect.AppendFetched(response.records()));
            return Pace.Outcome.SERVED;
        }
        advance();
        return response.highWatermark() > follower.leaderHighWatermark()
                ? Pace.Outcome.SERVED
                : Pace.Outcome.NOTHING_NEW;
    }

    /** A snapshot takes the place of the log: it must hold everything that is committed here. */
    private Pace.Outcome take(Peer from, OffsetAndEpoch snapshotId, Role.Follower follower, long deadlineMs) {
        boolean possible = snapshotId.offset() >= Math.max(0, state.highWatermark())
                && snapshotId.epoch() >= 0
                && snapshotId.epoch() <= state.epoch();
        if (!possible) {
            state.update(follower.heard(deadlineMs, -1, null));
            state.emit(new Effect.Complain(
                    Effect.Problem.IMPOSSIBLE_SNAPSHOT,
                    from.id(),
                    snapshotId + ", the high watermark is " + state.highWatermark() + ", the epoch " + state.epoch()));
            return Pace.Outcome.IN_VAIN;
        }
        state.update(follower.heard(deadlineMs, -1, new Role.Download(snapshotId, 0)));
        return Pace.Outcome.SERVED;
    }

    /** Truncate to the last point where both logs can agree; committed records are never dropped (KAFKA-12460). */
    private Pace.Outcome truncate(Peer from, OffsetAndEpoch diverging) {
        long offset;
        if (diverging.epoch() == 0) {
            offset = Math.min(diverging.offset(), state.log().endOffset());
        } else {
            OffsetAndEpoch local = state.log().endOffsetForEpoch(diverging.epoch());
            offset = local.epoch() == diverging.epoch() ? Math.min(local.offset(), diverging.offset()) : local.offset();
        }
        if (offset < Math.max(state.highWatermark(), state.log().startOffset())) {
            state.emit(new Effect.Complain(
                    Effect.Problem.IMPOSSIBLE_TRUNCATION,
                    from.id(),
                    "to " + offset + ", the high watermark is " + state.highWatermark() + ", the log starts at "
                            + state.log().startOffset()));
            return Pace.Outcome.IN_VAIN;
        }
        if (offset >= state.log().endOffset()) {
            return Pace.Outcome.IN_VAIN;
        }
        state.awaitLog(true);
        state.emit(new Effect.Truncate(offset));
        return Pace.Outcome.SERVED;
    }

    Pace.Outcome onFetchSnapshotAnswer(Peer from, Response.FetchSnapshot response, long nowMs) {
        if (!discovery.heard(from, response.header(), nowMs)
                || !(state.role() instanceof Role.Follower follower)
                || state.isAwaitingLog()) {
            return Pace.Outcome.IN_VAIN;
        }
        Role.Download download = follower.download();
        long deadline = nowMs + state.config().fetching().timeoutMs();
        boolean usable = download != null
                && response.header().error() == Errors.NONE
                && response.snapshotId().equals(download.id())
                && response.position() == download.position()
                && response.chunk() != null
                && response.chunk().sizeInBytes() > 0;
        if (!usable || download == null || response.chunk() == null) {
            // gone (SNAPSHOT_NOT_FOUND), out of range or odd: start over with a fetch, which names the snapshot to take
            state.update(follower.heard(deadline, -1, null));
            return Pace.Outcome.IN_VAIN;
        }
        long next = download.position() + response.chunk().sizeInBytes();
        boolean last = next >= response.size();
        state.update(follower.heard(
                deadline, last ? download.id().offset() : -1, last ? null : new Role.Download(download.id(), next)));
        state.awaitLog(true);
        state.emit(new Effect.WriteSnapshotChunk(download.id(), download.position(), response.chunk(), last));
        return Pace.Outcome.SERVED;
    }

    Pace.Outcome onUpdateAnswer(Peer from, Response.UpdateVoter response, long nowMs) {
        if (!discovery.heard(from, response.header(), nowMs)
                || response.header().error() != Errors.NONE) {
            return Pace.Outcome.IN_VAIN;
        }
        updatedInEpoch = state.epoch();
        return Pace.Outcome.SERVED;
    }

    /** A leader says that it leads its epoch no more: it restarted, or resigned and its farewell was lost. */
    private void onResignationOf(Peer from, Response.Header header, long nowMs) {
        if (header.epoch() == state.epoch()
                && header.leader().isEmpty()
                && state.role() instanceof Role.Follower follower
                && follower.leader().id() == from.id()) {
            leaderIsGone(follower, nowMs);
        }
    }

    /** Whether a loss is to be followed up by asking again at once; once, lest it becomes a storm. */
    boolean redials(Peer to, Loss why) {
        return why == Loss.DISCONNECTED
                && state.role() instanceof Role.Follower follower
                && follower.leader().id() == to.id()
                && follower.contact() == Role.Contact.HEARD;
    }

    /**
     * A killed leader's host closes its connections at once: a suspicion, no more, because networks break connections too. The
     * next fetch dials anew, and if that is refused the process is gone. A wrong conclusion is harmless: the pre-vote finds those
     * who still hear from the leader (ADR 50).
     */
    void onFailed(Peer to, Loss why, long nowMs) {
        if (!(state.role() instanceof Role.Follower follower)
                || follower.leader().id() != to.id()) {
            return;
        }
        if (why == Loss.REFUSED) {
            leaderIsGone(follower, nowMs);
        } else if (why == Loss.DISCONNECTED && follower.contact() == Role.Contact.HEARD) {
            state.update(follower.lost());
            dialOtherVoters(to);
        }
    }

    /** Who may have to ask for votes dials the others while it waits for its turn. */
    private void dialOtherVoters(Peer lost) {
        for (Voter voter : state.log().voters().voters()) {
            int id = voter.key().id();
            if (state.isVoter() && id != state.localId() && id != lost.id()) {
                voter.address(state.config().listener())
                        .ifPresent(address -> state.emit(new Effect.Prepare(new Peer(id, address))));
            }
        }
    }

    /** An observer asks the others at once; a voter stands when its turn comes, unless the leader answers before. */
    private void leaderIsGone(Role.Follower follower, long nowMs) {
        if (!state.isVoter()) {
            state.update(follower.gone(nowMs));
        } else if (state.config().election().leaderLossGraceMs() > 0 && follower.contact() != Role.Contact.GONE) {
            state.update(follower.gone(
                    state.times().turnToBecomeCandidate(follower.leader().id(), nowMs)));
        }
    }

    void onLogChanged() {
        state.awaitLog(false);
        advance();
    }

    /** The log is as it was. The leader may have sent it damaged by chance: it is asked again, at the pace of a peer that fails. */
    void onFetchedRejected(String why, long nowMs) {
        state.awaitLog(false);
        if (state.role() instanceof Role.Follower follower) {
            Peer leader = follower.leader();
            state.emit(new Effect.Complain(Effect.Problem.UNREADABLE_RECORDS, leader.id(), why));
            state.update(follower.heard(follower.fetchDeadlineMs(), -1, null));
            state.pace().failed(leader, Request.Kind.FETCH, nowMs);
            state.pace().failed(leader, Request.Kind.FETCH_SNAPSHOT, nowMs);
        }
    }

    private void advance() {
        if (state.role() instanceof Role.Follower follower && follower.leaderHighWatermark() >= 0) {
            state.commit(Math.min(follower.leaderHighWatermark(), state.log().endOffset()));
        }
    }

    // ---- what is due

    boolean act(long nowMs) {
        Role role = state.role();
        if (role instanceof Role.Follower follower) {
            return follow(follower, nowMs);
        }
        if (role instanceof Role.Unattached unattached) {
            return search(unattached.electionDeadlineMs(), nowMs);
        }
        if (role instanceof Role.Voted voted) {
            return search(voted.electionDeadlineMs(), nowMs);
        }
        return false;
    }

    private boolean follow(Role.Follower follower, long nowMs) {
        boolean overdue = nowMs >= follower.fetchDeadlineMs();
        if (overdue && state.canBecomeCandidate()) {
            state.becomeProspective(nowMs);
            return true;
        }
        if (state.isAwaitingLog()) {
            return false;
        }
        Peer leader = follower.leader();
        if (overdue) {
            ask(nextToAsk(leader.id()), nowMs);
        } else {
            state.wakeAt(follower.fetchDeadlineMs());
        }
        Role.Download download = follower.download();
        if (download != null) {
            state.sendPaced(leader, fetchSnapshot(download), nowMs);
        } else {
            if (needsVoterUpdate(follower, nowMs)) {
                state.sendPaced(leader, new Request.UpdateVoter(state.epoch(), self()), nowMs);
            }
            ask(leader, nowMs);
        }
        return false;
    }

    /**
     * A voter tells its leader what the voter set says otherwise, once per fetch time-out. Static voters tell it once per epoch: the
     * leader needs it to make them dynamic.
     */
    private boolean needsVoterUpdate(Role.Follower follower, long nowMs) {
        if (followedEpoch != state.epoch()) {
            followedEpoch = state.epoch();
            long afterElectionMs = nowMs + state.pace().periodMs(Request.Kind.UPDATE_VOTER);
            state.pace().delay(follower.leader(), Request.Kind.UPDATE_VOTER, afterElectionMs);
        }
        if (follower.contact() != Role.Contact.HEARD
                || state.config().endpoints().isEmpty()
                || !state.isVoter()) {
            return false;
        }
        return state.log().kraftVersion() < 1
                ? updatedInEpoch != state.epoch()
                : state.log()
                        .voters()
                        .voter(state.localId())
                        .filter(self()::equals)
                        .isEmpty();
    }

    private Voter self() {
        return new Voter(state.config().local(), state.config().endpoints());
    }

    /** Nobody known to follow: ask around by Fetch, whose answers name the leader; a voter stands in the end. */
    private boolean search(long electionDeadlineMs, long nowMs) {
        if (state.canBecomeCandidate()) {
            if (nowMs >= electionDeadlineMs) {
                state.becomeProspective(nowMs);
                return true;
            }
            state.wakeAt(electionDeadlineMs);
        }
        if (!state.isAwaitingLog()) {
            ask(nextToAsk(state.localId()), nowMs);
        }
        return false;
    }

    private void ask(@Nullable Peer peer, long nowMs) {
        if (peer == null) {
            return;
        }
        state.sendPaced(peer, fetch(), nowMs);
    }

    /** Round-robin over bootstrap servers and the other voters; one question in the air at a time. */
    private @Nullable Peer nextToAsk(int except) {
        List<Peer> peers = new ArrayList<>();
        int id = -2;
        for (HostPort server : state.config().bootstrapServers()) {
            peers.add(new Peer(id--, server));
        }
        for (Voter voter : state.log().voters().voters()) {
            if (voter.key().id() != state.localId() && voter.key().id() != except) {
                voter.address(state.config().listener())
                        .ifPresent(address -> peers.add(new Peer(voter.key().id(), address)));
            }
        }
        return peers.isEmpty() ? null : peers.get(Math.floorMod(nextCandidate, peers.size()));
    }

    /** The one just asked did not help: the next time ask another. */
    void askNextPeer() {
        nextCandidate++;
    }

    private Request.Fetch fetch() {
        return new Request.Fetch(
                state.epoch(),
                state.config().local(),
                state.log().endOffset(),
                state.log().lastEpoch(),
                state.config().fetching().limits(),
                state.highWatermark());
    }

    private Request.FetchSnapshot fetchSnapshot(Role.Download download) {
        return new Request.FetchSnapshot(
                state.epoch(),
                state.config().local(),
                download.id(),
                download.position(),
                state.config().fetching().snapshotMaxBytes());
    }
}
