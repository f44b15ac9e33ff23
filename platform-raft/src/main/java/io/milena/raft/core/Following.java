package io.milena.raft.core;

import io.milena.records.OffsetAndEpoch;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** What a follower, voter or observer, does: fetch from the leader, and look for one where none is known. */
final class Following {
    /** KIP-1166: we always say our high watermark; -1 while unknown. */
    private final Replica replica;

    private final LeaderDiscovery discovery;
    private int nextCandidate;
    private int followedEpoch = -1;
    private int updatedInEpoch = -1;

    Following(Replica replica, LeaderDiscovery discovery) {
        this.replica = replica;
        this.discovery = discovery;
    }

    // ---- answers

    Pace.Outcome onFetchAnswer(Peer from, Request.Fetch asked, Response.Fetch response, long nowMs) {
        int epoch = replica.epoch();
        boolean current = discovery.heard(from, response.header(), nowMs);
        if (!current || response.header().error() != Errors.NONE) {
            if (replica.epoch() == epoch) {
                heedResignation(from, response.header(), nowMs);
            }
            return Pace.Outcome.IN_VAIN;
        }
        replica.times.forgetLostRounds();
        if (!(replica.role() instanceof Role.Follower follower)) {
            return Pace.Outcome.IN_VAIN;
        }
        if (replica.isAwaitingLog()) {
            return Pace.Outcome.SERVED;
        }
        if (asked.offset() != replica.log.endOffset() || asked.lastFetchedEpoch() != replica.log.lastEpoch()) {
            return Pace.Outcome.SERVED; // another peer, asked at the same time, was quicker
        }
        long deadline = nowMs + replica.config.fetchTimeoutMs();
        if (response.diverging() != null) {
            replica.update(follower.heard(deadline, -1, null));
            return truncate(from, response.diverging());
        }
        if (response.snapshotId() != null) {
            return take(from, response.snapshotId(), follower, deadline);
        }
        replica.update(follower.heard(deadline, response.highWatermark(), null));
        if (response.records() != null && response.records().sizeInBytes() > 0) {
            replica.awaitLog(true);
            replica.emit(new Effect.AppendFetched(response.records()));
            return Pace.Outcome.SERVED;
        }
        advance();
        return response.highWatermark() > follower.leaderHighWatermark()
                ? Pace.Outcome.SERVED
                : Pace.Outcome.NOTHING_NEW;
    }

    /** A snapshot takes the place of the log: it must hold everything that is committed here. */
    private Pace.Outcome take(Peer from, OffsetAndEpoch snapshotId, Role.Follower follower, long deadlineMs) {
        boolean possible = snapshotId.offset() >= Math.max(0, replica.highWatermark())
                && snapshotId.epoch() >= 0
                && snapshotId.epoch() <= replica.epoch();
        if (!possible) {
            replica.update(follower.heard(deadlineMs, -1, null));
            replica.emit(new Effect.Complain(
                    Effect.Problem.IMPOSSIBLE_SNAPSHOT,
                    from.id(),
                    snapshotId + ", the high watermark is " + replica.highWatermark() + ", the epoch "
                            + replica.epoch()));
            return Pace.Outcome.IN_VAIN;
        }
        replica.update(follower.heard(deadlineMs, -1, new Role.Download(snapshotId, 0)));
        return Pace.Outcome.SERVED;
    }

    /** Truncate to the last point where both logs can agree; committed records are never dropped (KAFKA-12460). */
    private Pace.Outcome truncate(Peer from, OffsetAndEpoch diverging) {
        long offset;
        if (diverging.epoch() == 0) {
            offset = Math.min(diverging.offset(), replica.log.endOffset());
        } else {
            OffsetAndEpoch local = replica.log.endOffsetForEpoch(diverging.epoch());
            offset = local.epoch() == diverging.epoch() ? Math.min(local.offset(), diverging.offset()) : local.offset();
        }
        if (offset < Math.max(replica.highWatermark(), replica.log.startOffset())) {
            replica.emit(new Effect.Complain(
                    Effect.Problem.IMPOSSIBLE_TRUNCATION,
                    from.id(),
                    "to " + offset + ", the high watermark is " + replica.highWatermark() + ", the log starts at "
                            + replica.log.startOffset()));
            return Pace.Outcome.IN_VAIN;
        }
        if (offset >= replica.log.endOffset()) {
            return Pace.Outcome.IN_VAIN;
        }
        replica.awaitLog(true);
        replica.emit(new Effect.Truncate(offset));
        return Pace.Outcome.SERVED;
    }

    Pace.Outcome onFetchSnapshotAnswer(Peer from, Response.FetchSnapshot response, long nowMs) {
        if (!discovery.heard(from, response.header(), nowMs)
                || !(replica.role() instanceof Role.Follower follower)
                || replica.isAwaitingLog()) {
            return Pace.Outcome.IN_VAIN;
        }
        Role.Download download = follower.download();
        long deadline = nowMs + replica.config.fetchTimeoutMs();
        boolean usable = download != null
                && response.header().error() == Errors.NONE
                && response.snapshotId().equals(download.id())
                && response.position() == download.position()
                && response.chunk() != null
                && response.chunk().sizeInBytes() > 0;
        if (!usable || download == null || response.chunk() == null) {
            // gone (SNAPSHOT_NOT_FOUND), out of range or odd: start over with a fetch, which names the snapshot to take
            replica.update(follower.heard(deadline, -1, null));
            return Pace.Outcome.IN_VAIN;
        }
        long next = download.position() + response.chunk().sizeInBytes();
        boolean last = next >= response.size();
        replica.update(follower.heard(
                deadline, last ? download.id().offset() : -1, last ? null : new Role.Download(download.id(), next)));
        replica.awaitLog(true);
        replica.emit(new Effect.WriteSnapshotChunk(download.id(), download.position(), response.chunk(), last));
        return Pace.Outcome.SERVED;
    }

    Pace.Outcome onUpdateAnswer(Peer from, Response.UpdateVoter response, long nowMs) {
        if (!discovery.heard(from, response.header(), nowMs) || response.header().error() != Errors.NONE) {
            return Pace.Outcome.IN_VAIN;
        }
        updatedInEpoch = replica.epoch();
        return Pace.Outcome.SERVED;
    }

    /** A leader says that it leads its epoch no more: it restarted, or resigned and its farewell was lost. */
    private void heedResignation(Peer from, Response.Header header, long nowMs) {
        if (header.epoch() == replica.epoch()
                && header.leader().isEmpty()
                && replica.role() instanceof Role.Follower follower
                && follower.leader().id() == from.id()) {
            giveUp(follower, nowMs);
        }
    }

    /** Whether a loss is to be followed up by asking again at once; once, lest it becomes a storm. */
    boolean redials(Peer to, Loss why) {
        return why == Loss.DISCONNECTED
                && replica.role() instanceof Role.Follower follower
                && follower.leader().id() == to.id()
                && follower.contact() == Role.Contact.HEARD;
    }

    /**
     * A killed leader's host closes its connections at once: a suspicion, no more, because networks break connections too. The
     * next fetch dials anew, and if that is refused the process is gone. A wrong conclusion is harmless: the pre-vote finds those
     * who still hear from the leader (ADR 50).
     */
    void onFailed(Peer to, Loss why, long nowMs) {
        if (!(replica.role() instanceof Role.Follower follower)
                || follower.leader().id() != to.id()) {
            return;
        }
        if (why == Loss.REFUSED) {
            giveUp(follower, nowMs);
        } else if (why == Loss.DISCONNECTED && follower.contact() == Role.Contact.HEARD) {
            replica.update(follower.lost());
            prepareToStand(to);
        }
    }

    /** Who may have to ask for votes dials the others while it waits for its turn. */
    private void prepareToStand(Peer lost) {
        for (Voter voter : replica.log.voters().voters()) {
            int id = voter.key().id();
            if (replica.isVoter() && id != replica.localId() && id != lost.id()) {
                voter.address(replica.config.listener())
                        .ifPresent(address -> replica.emit(new Effect.Prepare(new Peer(id, address))));
            }
        }
    }

    /** An observer asks the others at once; a voter stands when its turn comes, unless the leader answers before. */
    private void giveUp(Role.Follower follower, long nowMs) {
        if (!replica.isVoter()) {
            replica.update(follower.gone(nowMs));
        } else if (replica.config.suspicionGraceMs() > 0 && follower.contact() != Role.Contact.GONE) {
            replica.update(
                    follower.gone(replica.times.turnToStand(follower.leader().id(), nowMs)));
        }
    }

    void onLogChanged() {
        replica.awaitLog(false);
        advance();
    }

    private void advance() {
        if (replica.role() instanceof Role.Follower follower && follower.leaderHighWatermark() >= 0) {
            replica.commit(Math.min(follower.leaderHighWatermark(), replica.log.endOffset()));
        }
    }

    // ---- what is due

    boolean act(long nowMs) {
        Role role = replica.role();
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
        if (overdue && replica.mayStand()) {
            replica.becomeProspective(nowMs);
            return true;
        }
        if (replica.isAwaitingLog()) {
            return false;
        }
        Peer leader = follower.leader();
        if (overdue) {
            ask(nextToAsk(leader.id()), nowMs);
        } else {
            replica.wakeAt(follower.fetchDeadlineMs());
        }
        Role.Download download = follower.download();
        if (download != null) {
            replica.sendPaced(leader, fetchSnapshot(download), nowMs);
        } else {
            if (hasToTell(follower, nowMs)) {
                replica.sendPaced(leader, new Request.UpdateVoter(replica.epoch(), self()), nowMs);
            }
            ask(leader, nowMs);
        }
        return false;
    }

    /**
     * A voter tells its leader what the voter set says otherwise, once per fetch time-out. Static voters tell it once per epoch: the
     * leader needs it to make them dynamic.
     */
    private boolean hasToTell(Role.Follower follower, long nowMs) {
        if (followedEpoch != replica.epoch()) {
            followedEpoch = replica.epoch();
            long afterElectionMs = nowMs + replica.pace.periodMs(Request.Kind.UPDATE_VOTER);
            replica.pace.delay(follower.leader(), Request.Kind.UPDATE_VOTER, afterElectionMs);
        }
        if (follower.contact() != Role.Contact.HEARD
                || replica.config.endpoints().isEmpty()
                || !replica.isVoter()) {
            return false;
        }
        return replica.log.kraftVersion() < 1
                ? updatedInEpoch != replica.epoch()
                : replica.log
                        .voters()
                        .voter(replica.localId())
                        .filter(self()::equals)
                        .isEmpty();
    }

    private Voter self() {
        return new Voter(replica.config.local(), replica.config.endpoints());
    }

    /** Nobody known to follow: ask around by Fetch, whose answers name the leader; a voter stands in the end. */
    private boolean search(long electionDeadlineMs, long nowMs) {
        if (replica.mayStand()) {
            if (nowMs >= electionDeadlineMs) {
                replica.becomeProspective(nowMs);
                return true;
            }
            replica.wakeAt(electionDeadlineMs);
        }
        if (!replica.isAwaitingLog()) {
            ask(nextToAsk(replica.localId()), nowMs);
        }
        return false;
    }

    private void ask(@Nullable Peer peer, long nowMs) {
        if (peer == null) {
            return;
        }
        replica.sendPaced(peer, fetch(), nowMs);
    }

    /** Round-robin over bootstrap servers and the other voters; one question in the air at a time. */
    private @Nullable Peer nextToAsk(int except) {
        List<Peer> peers = new ArrayList<>();
        int id = -2;
        for (HostPort server : replica.config.bootstrapServers()) {
            peers.add(new Peer(id--, server));
        }
        for (Voter voter : replica.log.voters().voters()) {
            if (voter.key().id() != replica.localId() && voter.key().id() != except) {
                voter.address(replica.config.listener())
                        .ifPresent(address -> peers.add(new Peer(voter.key().id(), address)));
            }
        }
        return peers.isEmpty() ? null : peers.get(Math.floorMod(nextCandidate, peers.size()));
    }

    /** The one just asked did not help: the next time ask another. */
    void askAnother() {
        nextCandidate++;
    }

    private Request.Fetch fetch() {
        return new Request.Fetch(
                replica.epoch(),
                replica.config.local(),
                replica.log.endOffset(),
                replica.log.lastEpoch(),
                replica.config.fetchMaxWaitMs(),
                replica.highWatermark());
    }

    private Request.FetchSnapshot fetchSnapshot(Role.Download download) {
        return new Request.FetchSnapshot(
                replica.epoch(),
                replica.config.local(),
                download.id(),
                download.position(),
                replica.config.fetchSnapshotMaxBytes());
    }
}
