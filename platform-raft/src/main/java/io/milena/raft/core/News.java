package io.milena.raft.core;

import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** What every message says besides its errand: an epoch, and who leads in it. */
final class News {
    private final Replica replica;

    News(Replica replica) {
        this.replica = replica;
    }

    /**
     * Takes in an answer's header.
     *
     * @return whether the rest of the answer still matters: not when it is from an older epoch or made us move on
     */
    boolean heard(Response.Header header, long nowMs) {
        if (header.epoch() < replica.epoch() || header.error() == Errors.UNKNOWN_LEADER_EPOCH) {
            return false;
        }
        if (header.epoch() > replica.epoch()) {
            if (header.leader().isPresent()) {
                leaderIs(header.epoch(), header.leader().getAsInt(), header.leaderAddress(), nowMs);
            } else {
                replica.becomeUnattached(header.epoch(), nowMs);
            }
            return false;
        }
        boolean doubted = replica.role() instanceof Role.Prospective
                && replica.election().leader().isPresent();
        if (header.leader().isPresent() && !doubted) {
            // That others remember the leader we have lost is no news: only hearing from it ends a pre-vote.
            leaderIs(header.epoch(), header.leader().getAsInt(), header.leaderAddress(), nowMs);
        }
        return true;
    }

    /** Somebody says who leads in {@code epoch}, which is not below ours. */
    void leaderIs(int epoch, int leaderId, @Nullable HostPort address, long nowMs) {
        boolean sameEpoch = epoch == replica.epoch();
        if (leaderId == replica.localId()
                && !replica.isVoter()
                && !replica.election().isLedBy(leaderId)) {
            // our id with a disk that is gone by now (KIP-853): this replica has never led
            if (!sameEpoch) {
                replica.becomeUnattached(epoch, nowMs);
            }
            return;
        }
        if (leaderId == replica.localId()) {
            Replica.require(
                    sameEpoch && replica.election().isLedBy(leaderId),
                    "peer says this node leads epoch %d, its own epoch is %d",
                    epoch,
                    replica.epoch());
            return; // ours, now or before a restart or resignation
        }
        Replica.require(
                !sameEpoch
                        || replica.election().leader().isEmpty()
                        || replica.election().isLedBy(leaderId),
                "two leaders in epoch %d: %s and %d",
                epoch,
                replica.election().leader(),
                leaderId);
        if (sameEpoch && replica.role() instanceof Role.Follower) {
            return;
        }
        HostPort known = address != null ? address : replica.addressOf(leaderId);
        if (known != null) {
            replica.becomeFollower(epoch, leaderId, known, nowMs);
        } else if (!sameEpoch) {
            replica.becomeUnattached(epoch, nowMs);
        }
    }
}
