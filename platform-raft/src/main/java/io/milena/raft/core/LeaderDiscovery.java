package io.milena.raft.core;

import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** Learns from messages which epoch the quorum is in and who leads it: each message says so besides what it is for. */
final class LeaderDiscovery {
    private final RaftState state;
    private final ElectionRules rules;

    LeaderDiscovery(RaftState state, ElectionRules rules) {
        this.state = state;
        this.rules = rules;
    }

    /**
     * Takes in an answer's header.
     *
     * @return whether the rest of the answer still matters: not when it is from an older epoch, makes no sense or made us move on
     */
    boolean heard(Peer from, Response.Header header, long nowMs) {
        if (header.epoch() < state.epoch()
                || header.error() == Errors.UNKNOWN_LEADER_EPOCH
                || !rules.isCredible(from, header)) {
            return false;
        }
        if (header.epoch() > state.epoch()) {
            if (header.leader().isPresent()) {
                leaderIs(header.epoch(), header.leader().getAsInt(), header.leaderAddress(), nowMs);
            } else {
                state.becomeUnattached(header.epoch(), nowMs);
            }
            return false;
        }
        boolean doubted = state.role() instanceof Role.Prospective
                && state.election().leader().isPresent();
        if (header.leader().isPresent() && !doubted) {
            // In a pre-vote the others may remember the leader that is lost: only hearing from it ends the pre-vote.
            leaderIs(header.epoch(), header.leader().getAsInt(), header.leaderAddress(), nowMs);
        }
        return true;
    }

    /** Somebody credible says who leads in {@code epoch}, which is not below ours. */
    void leaderIs(int epoch, int leaderId, @Nullable HostPort address, long nowMs) {
        boolean sameEpoch = epoch == state.epoch();
        if (leaderId == state.localId()) {
            // In this epoch it is this replica, now or before a restart or resignation. In a later one it was this node
            // id with
            // a disk that is gone by now (KIP-853): this replica has never led.
            if (!sameEpoch) {
                state.becomeUnattached(epoch, nowMs);
            }
            return;
        }
        if (sameEpoch && state.role() instanceof Role.Follower) {
            return;
        }
        HostPort known = address != null ? address : state.addressOf(leaderId);
        if (known != null) {
            state.becomeFollower(epoch, leaderId, known, nowMs);
        } else if (!sameEpoch) {
            state.becomeUnattached(epoch, nowMs);
        }
    }
}
