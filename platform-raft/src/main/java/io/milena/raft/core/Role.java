package io.milena.raft.core;

import io.milena.records.OffsetAndEpoch;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a replica is in its epoch. What must survive a restart is in {@link ElectionState}; the rest is here.
 * Whether a replica is a voter or an observer is not a role but follows from the voter set in force, which can change under
 * it (KIP-853); an observer is only ever Unattached, Voted (an old voter set may still ask it) or Follower.
 *
 * <pre>
 * from         to            when
 * (start)      Resigned      it led the persisted epoch: never again in that epoch
 *              Follower      a leader is persisted and its address is known
 *              Voted         a vote is persisted
 *              Unattached    otherwise
 *              Candidate     it is the only voter: nobody to wait for
 * Unattached   Unattached    a higher epoch is seen
 *              Voted         it grants a vote
 *              Follower      the leader of its epoch is found
 *              Prospective   a voter's election time-out
 * Voted        as Unattached, but it grants no second vote
 * Prospective  Candidate     a majority would vote for it: epoch + 1, vote for itself
 *              Voted         it grants a vote
 *              Follower      the leader is found; or the round is lost or timed out and the old leader is still known
 *              Unattached    a higher epoch; or the round is lost or timed out and no leader is known
 * Candidate    Leader        a majority voted for it
 *              Prospective   the round timed out, or was lost and the backoff is over
 *              Follower      another leads this epoch
 *              Unattached    a higher epoch
 * Follower     Prospective   a voter heard nothing for the fetch time-out, or the leader is gone and the voter's turn has come
 *              Follower      a higher epoch with a leader
 *              Unattached    a higher epoch without one
 * Leader       Resigned      asked to, no majority fetched (check quorum), or removed from the voters
 *              Follower, Unattached  a higher epoch
 * Resigned     Unattached    in epoch + 1 after an election time-out; or a higher epoch
 *              Follower      a higher epoch with a leader
 * </pre>
 */
sealed interface Role {
    record Unattached(long electionDeadlineMs) implements Role {}

    record Voted(long electionDeadlineMs) implements Role {}

    /** @param leaderIsGone the round is short, and who refuses is asked again: it may notice a moment later */
    record Prospective(Ballot ballot, long deadlineMs, boolean leaderIsGone) implements Role {}

    /** @param backoffUntilMs set once the round is lost; {@link Long#MAX_VALUE} before */
    record Candidate(Ballot ballot, long deadlineMs, long backoffUntilMs) implements Role {}

    /**
     * @param leader where it is
     * @param fetchDeadlineMs when it is given up unless it answers
     * @param contact how it stands with it
     * @param leaderHighWatermark as it last said, -1 before
     * @param download the snapshot being fetched
     */
    record Follower(
            Peer leader,
            long fetchDeadlineMs,
            Contact contact,
            long leaderHighWatermark,
            @Nullable Download download) implements Role {
        Follower heard(long deadlineMs, long highWatermark, @Nullable Download next) {
            return new Follower(leader, deadlineMs, Contact.HEARD, Math.max(leaderHighWatermark, highWatermark), next);
        }

        /** The connection broke; that alone changes nothing but that the leader is dialled at once. */
        Follower lost() {
            return new Follower(leader, fetchDeadlineMs, Contact.LOST, leaderHighWatermark, download);
        }

        /** Its leader leads no more: to be given up at {@code deadlineMs} if that is earlier. */
        Follower gone(long deadlineMs) {
            return new Follower(
                    leader, Math.min(deadlineMs, fetchDeadlineMs), Contact.GONE, leaderHighWatermark, download);
        }

        /** No pre-vote against such a leader is granted (KIP-996). */
        boolean heardFrom() {
            return contact == Contact.HEARD || contact == Contact.LOST;
        }
    }

    /** How a follower stands with its leader. */
    enum Contact {
        /** It has not answered in this epoch. */
        NONE,
        /** It answers. */
        HEARD,
        /** It answered, then the connection broke; it is being dialled. */
        LOST,
        /** Its host refuses connections, it resigned, or it says itself that it does not lead. */
        GONE
    }

    record Leader(LeaderProgress progress) implements Role {}

    record Resigned(List<ReplicaKey> successors, Set<Integer> acknowledged, long electionDeadlineMs) implements Role {}

    /**
     * A snapshot on its way.
     *
     * @param position next byte wanted
     */
    record Download(OffsetAndEpoch id, long position) {}
}
