package io.milena.raft.core;

import io.milena.records.OffsetAndEpoch;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A question from one replica to another: Kafka's requests, reduced to what consensus needs. */
public sealed interface Request {
    /** Which API it is. */
    enum Kind {
        VOTE,
        BEGIN_EPOCH,
        END_EPOCH,
        FETCH,
        FETCH_SNAPSHOT,
        UPDATE_VOTER
    }

    /** The sender's epoch. */
    int epoch();

    Kind kind();

    /**
     * Vote (KIP-595) and pre-vote (KIP-996).
     *
     * @param candidate who asks
     * @param lastLog end offset of its log, and epoch of its last record
     * @param preVote only asks whether a vote would be granted; {@code epoch} is then not raised yet
     * @param addressee whom it means to ask; null when the peer is too old to say
     */
    record Vote(
            int epoch,
            ReplicaKey candidate,
            OffsetAndEpoch lastLog,
            boolean preVote,
            @Nullable ReplicaKey addressee) implements Request {
        @Override
        public Kind kind() {
            return Kind.VOTE;
        }
    }

    /**
     * A new leader announces itself.
     *
     * @param leaderAddress where it is reached; null when only the voter set says
     */
    record BeginEpoch(
            int epoch,
            int leaderId,
            @Nullable HostPort leaderAddress,
            @Nullable ReplicaKey addressee) implements Request {
        @Override
        public Kind kind() {
            return Kind.BEGIN_EPOCH;
        }
    }

    /**
     * A leader gives up.
     *
     * @param successors voters in the order in which they should stand, the most up to date first
     */
    record EndEpoch(int epoch, int leaderId, @Nullable HostPort leaderAddress, List<ReplicaKey> successors)
            implements Request {
        @Override
        public Kind kind() {
            return Kind.END_EPOCH;
        }
    }

    /**
     * Replication is pull: a fetch also acknowledges everything below {@code offset}.
     *
     * @param replica who asks; id -1 for a plain client
     * @param lastFetchedEpoch epoch of the sender's last record, 0 if none
     * @param highWatermark the sender's (KIP-1166); -1 unknown, {@link Long#MAX_VALUE} when it cannot say
     */
    record Fetch(int epoch, ReplicaKey replica, long offset, int lastFetchedEpoch, Limits limits, long highWatermark)
            implements Request {
        /**
         * @param maxWaitMs how long the leader may hold the answer back
         * @param maxBytes most bytes of records in the answer, though never less than one batch
         */
        public record Limits(int maxWaitMs, int maxBytes) {}

        public int maxWaitMs() {
            return limits.maxWaitMs();
        }

        @Override
        public Kind kind() {
            return Kind.FETCH;
        }
    }

    /** A voter tells its leader where it is reached and what it can, where the voter set does not say so (KIP-853). */
    record UpdateVoter(int epoch, Voter voter) implements Request {
        @Override
        public Kind kind() {
            return Kind.UPDATE_VOTER;
        }
    }

    /** One chunk of a snapshot (KIP-630); {@code position} and {@code maxBytes} in bytes. */
    record FetchSnapshot(int epoch, ReplicaKey replica, OffsetAndEpoch snapshotId, long position, int maxBytes)
            implements Request {
        @Override
        public Kind kind() {
            return Kind.FETCH_SNAPSHOT;
        }
    }
}
