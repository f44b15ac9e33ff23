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
    private final RaftState state;
    private final Elections elections;
    private final Leadership leadership;
    private final Following following;
    private final Reconfiguration reconfiguration;

    /** @param random source of election jitter; the only one */
    public RaftCore(CoreConfig config, LogView log, RandomGenerator random) {
        state = new RaftState(config, log, random);
        ElectionRules rules = new ElectionRules(state);
        LeaderDiscovery discovery = new LeaderDiscovery(state, rules);
        elections = new Elections(state, rules, discovery);
        leadership = new Leadership(state, discovery);
        following = new Following(state, discovery);
        reconfiguration = new Reconfiguration(state);
    }

    /** The first step, from what quorum-state said. A lone voter leads when it returns. */
    public List<Effect> start(ElectionState persisted, long nowMs) {
        state.recover(persisted, nowMs);
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
        } else if (event instanceof Event.FetchedRejected rejected) {
            following.onFetchedRejected(rejected.why(), nowMs);
        } else if (event instanceof Event.VotersChangeRequested asked) {
            reconfiguration.onChange(asked.ticket(), asked.change(), asked.timeoutMs(), nowMs);
        } else if (event instanceof Event.ResignRequested resign && resign.epoch() == state.epoch()) {
            state.resign(nowMs);
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
        if (!state.pace().ended(from, received.request())) {
            return;
        }
        int resets = state.pace().resets();
        Pace.Outcome outcome = outcomeOf(from, received.request(), received.response(), nowMs);
        state.pace().ended(from, received.request().kind(), outcome, resets, nowMs);
        if (received.response().header().error() != Errors.NONE) {
            following.askNextPeer();
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
        if (state.pace().ended(failed.to(), failed.request())) {
            if (failed.request() instanceof Request.UpdateVoter) {
                return; // said again later; whether the leader lives is the fetches' business
            }
            if (!following.redials(failed.to(), failed.why())) {
                state.pace().failed(failed.to(), failed.request().kind(), nowMs);
            }
            following.onFailed(failed.to(), failed.why(), nowMs);
            following.askNextPeer();
        }
    }

    /** Does what is due, until no role changes any more. */
    private List<Effect> act(long nowMs) {
        int moves = 0;
        do {
            state.forgetDeadline();
            reconfiguration.act(nowMs);
            RaftState.require(moves++ < 16, "roles change in circles at %s", state.role());
        } while (elections.act(nowMs) || leadership.act(nowMs) || following.act(nowMs));
        return state.takeEffects();
    }

    // ---- what the driver may look at

    /** When the next {@link Event.Tick} is due, on the clock of {@code nowMs}; {@link Long#MAX_VALUE} for never. */
    public long nextDeadlineMs() {
        return state.nextDeadlineMs();
    }

    public int epoch() {
        return state.epoch();
    }

    public OptionalInt leader() {
        return state.leader();
    }

    public boolean isLeader() {
        return state.role() instanceof Role.Leader;
    }

    public boolean isVoter() {
        return state.isVoter();
    }

    public ElectionState election() {
        return state.election();
    }

    /** First offset not known to be committed; -1 while nothing is known. */
    public long highWatermark() {
        return state.highWatermark();
    }

    /** Offset at which this leader's epoch starts; -1 if it does not lead. */
    public long epochStartOffset() {
        return state.role() instanceof Role.Leader leader ? leader.progress().epochStartOffset() : -1;
    }

    /** Simple name of the role, as metrics and logs show it. */
    public String roleName() {
        return state.role().getClass().getSimpleName();
    }

    /** Address of the known leader, if any; never the voter set's where the leader itself said better. */
    public Optional<HostPort> leaderAddress() {
        return Optional.ofNullable(state.leaderAddress());
    }

    /** The quorum as its leader sees it; empty on others. */
    public Optional<QuorumDescription> describe(long nowMs) {
        return state.role() instanceof Role.Leader leader
                ? Optional.of(QuorumDescription.of(state, leader.progress(), nowMs))
                : Optional.empty();
    }
}
