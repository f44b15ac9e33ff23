package io.milena.raft.core;

import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What survives a restart (Raft §5.2: currentTerm and votedFor; KRaft adds the leader). Epoch and vote are written and fsynced
 * before any message that depends on them leaves; on the leader none depends.
 *
 * @param epoch highest epoch seen; never falls
 * @param leader leader of that epoch if known
 * @param voted whom this node voted for in that epoch
 */
public record ElectionState(
        int epoch, OptionalInt leader, @Nullable ReplicaKey voted) {
    /**
     * No epoch above it is believed, wherever it comes from: what is above would be used up soon, and then nobody could stand any more.
     * At ten elections a second a quorum comes here in six years.
     */
    public static final int HIGHEST_EPOCH = Integer.MAX_VALUE - (1 << 20);

    public static final ElectionState INITIAL = new ElectionState(0, OptionalInt.empty(), null);

    static ElectionState ofEpoch(int epoch) {
        return new ElectionState(epoch, OptionalInt.empty(), null);
    }

    ElectionState withVote(ReplicaKey candidate) {
        return new ElectionState(epoch, leader, candidate);
    }

    ElectionState withLeader(int leaderId) {
        return new ElectionState(epoch, OptionalInt.of(leaderId), null);
    }

    public Optional<ReplicaKey> vote() {
        return Optional.ofNullable(voted);
    }

    boolean isLedBy(int id) {
        return leader.isPresent() && leader.getAsInt() == id;
    }
}
