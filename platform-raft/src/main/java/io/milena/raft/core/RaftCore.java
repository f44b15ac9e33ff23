package io.milena.raft.core;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;
import org.apache.kafka.common.protocol.Errors;

/**
 * One replica of a KRaft quorum as a function of (state, event, time) to effects. The driver performs the effects of one step in
 * order before it gives the next event, and calls {@link Event.Tick} at {@link #nextDeadlineMs()}. Not thread-safe.
 *
 * @see Role the transition table
 */
public final class RaftCore {
    private final Replica replica;
    private final Elections elections;
    private final Leadership leadership;
    private final Following following;
    private final Reconfiguration reconfiguration;

    /** @param random source of election jitter; the only one */
    public RaftCore(CoreConfig config, LogView log, RandomGenerator random) {
        replica = new Replica(config, log, random);
        ElectionRules rules = new ElectionRules(replica);
        LeaderDiscovery discovery = new LeaderDiscovery(replica, rules);
        elections = new Elections(replica, rules, discovery);
        leadership = new Leadership(replica, discovery);
        following = new Following(replica, discovery);
        reconfiguration = new Reconfiguration(replica);
    }

    /** The first step, from what quorum-state said. A lone voter leads when it returns. */
    public List<Effect> start(ElectionState persisted, long nowMs) {
        replica.recover(persisted, nowMs);
        return act(nowMs);
    }

    /** @throws InvariantBrokenException if the node must stop */
    public List<Effect> step(Event event, long nowMs) {
        if (event instanceof Event.RequestReceived received) {
            onRequest(received.ticket(), received.request(), nowMs);
        } else if (event instanceof Event.ResponseReceived received) {
            onResponse(received, nowMs);
        } else if (event instanceof Event.RequestFailed failed) {
            onFailed(failed, nowMs);
        } else if (event instanceof Event.LogChanged changed) {
            following.onLogChanged();
            leadership.onLogChanged(changed.durableEndOffset(), nowMs);
        } else if (event instanceof Event.VotersChangeRequested asked) {
            reconfiguration.onChange(asked.ticket(), asked.change(), asked.timeoutMs(), nowMs);
        } else if (event instanceof Event.ResignRequested resign && resign.epoch() == replica.epoch()) {
            replica.resign(nowMs);
        }
        return act(nowMs);
    }

    private void onRequest(long ticket, Request request, long nowMs) {
        if (request instanceof Request.Fetch fetch) {
            leadership.onFetch(ticket, fetch, nowMs);
        } else if (request instanceof Request.Vote vote) {
            elections.onVote(ticket, vote, nowMs);
        } else if (request instanceof Request.BeginEpoch begin) {
            elections.onBeginEpoch(ticket, begin, nowMs);
        } else if (request instanceof Request.EndEpoch end) {
            elections.onEndEpoch(ticket, end, nowMs);
        } else if (request instanceof Request.UpdateVoter update) {
            reconfiguration.onUpdate(ticket, update, nowMs);
        } else if (request instanceof Request.FetchSnapshot snapshot) {
            leadership.onFetchSnapshot(ticket, snapshot, nowMs);
        }
    }

    private void onResponse(Event.ResponseReceived received, long nowMs) {
        Peer from = received.from();
        if (!replica.pace.ended(from, received.request())) {
            return;
        }
        int resets = replica.pace.resets();
        Pace.Outcome outcome = outcomeOf(from, received.request(), received.response(), nowMs);
        replica.pace.ended(from, received.request().kind(), outcome, resets, nowMs);
        if (received.response().header().error() != Errors.NONE) {
            following.askAnother();
        }
    }

    private Pace.Outcome outcomeOf(Peer from, Request request, Response response, long nowMs) {
        if (response instanceof Response.Fetch fetch && request instanceof Request.Fetch asked) {
            return following.onFetchAnswer(from, asked, fetch, nowMs);
        }
        if (response instanceof Response.FetchSnapshot snapshot) {
            return following.onFetchSnapshotAnswer(from, snapshot, nowMs);
        }
        if (response instanceof Response.Vote vote && request instanceof Request.Vote asked) {
            return elections.onVoteAnswer(from, asked, vote, nowMs);
        }
        if (response instanceof Response.BeginEpoch begin) {
            return leadership.onBeginEpochAnswer(from, begin, nowMs);
        }
        if (response instanceof Response.UpdateVoter update) {
            return following.onUpdateAnswer(from, update, nowMs);
        }
        return response instanceof Response.EndEpoch end
                ? elections.onEndEpochAnswer(from, end, nowMs)
                : Pace.Outcome.IN_VAIN;
    }

    private void onFailed(Event.RequestFailed failed, long nowMs) {
        if (replica.pace.ended(failed.to(), failed.request())) {
            if (failed.request() instanceof Request.UpdateVoter) {
                return; // said again later; whether the leader lives is the fetches' business
            }
            if (!following.redials(failed.to(), failed.why())) {
                replica.pace.failed(failed.to(), failed.request().kind(), nowMs);
            }
            following.onFailed(failed.to(), failed.why(), nowMs);
            following.askAnother();
        }
    }

    /** Does what is due, until no role changes any more. */
    private List<Effect> act(long nowMs) {
        int moves = 0;
        do {
            replica.forgetDeadline();
            reconfiguration.act(nowMs);
            Replica.require(moves++ < 16, "roles change in circles at %s", replica.role());
        } while (elections.act(nowMs) || leadership.act(nowMs) || following.act(nowMs));
        return replica.takeEffects();
    }

    // ---- what the driver may look at

    /** When the next {@link Event.Tick} is due, on the clock of {@code nowMs}; {@link Long#MAX_VALUE} for never. */
    public long nextDeadlineMs() {
        return replica.nextDeadlineMs();
    }

    public int epoch() {
        return replica.epoch();
    }

    public OptionalInt leader() {
        return replica.leader();
    }

    public boolean isLeader() {
        return replica.role() instanceof Role.Leader;
    }

    public boolean isVoter() {
        return replica.isVoter();
    }

    public ElectionState election() {
        return replica.election();
    }

    /** First offset not known to be committed; -1 while nothing is known. */
    public long highWatermark() {
        return replica.highWatermark();
    }

    /** Offset at which this leader's epoch starts; -1 if it does not lead. */
    public long epochStartOffset() {
        return replica.role() instanceof Role.Leader leader ? leader.progress().epochStartOffset() : -1;
    }

    /** Simple name of the role, as metrics and logs show it. */
    public String roleName() {
        return replica.role().getClass().getSimpleName();
    }

    /** Address of the known leader, if any; never the voter set's where the leader itself said better. */
    public Optional<HostPort> leaderAddress() {
        return Optional.ofNullable(replica.leaderAddress());
    }

    /** The quorum as its leader sees it; empty on others. */
    public Optional<QuorumDescription> describe(long nowMs) {
        return replica.role() instanceof Role.Leader leader
                ? Optional.of(QuorumDescription.of(replica, leader.progress(), nowMs))
                : Optional.empty();
    }
}
