package io.milena.raft.core;

/** A change of the voter set that an operator, or a voter itself, asks the leader for (KIP-853). */
public sealed interface VoterChange {
    /**
     * @param voter with the {@code kraft.version} range it told
     * @param whenCommitted answer when the new set is committed, or already when it is appended
     */
    record Add(Voter voter, boolean whenCommitted) implements VoterChange {}

    record Remove(ReplicaKey voter) implements VoterChange {}

    /**
     * Static voters become dynamic: {@code kraft.version} rises, and the voters stand in the log from then on.
     *
     * @param validateOnly only say whether it would be possible
     */
    record Upgrade(short kraftVersion, boolean validateOnly) implements VoterChange {}

    /** A voter's own listeners or range changed; {@code epoch} is the one it believes in. */
    record Update(int epoch, Voter voter) implements VoterChange {}
}
