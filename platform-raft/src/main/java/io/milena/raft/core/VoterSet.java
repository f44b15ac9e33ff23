package io.milena.raft.core;

import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** The voters in force, by node id; immutable. */
public final class VoterSet {
    public static final VoterSet EMPTY = new VoterSet(new TreeMap<>());

    private final SortedMap<Integer, Voter> voters;

    private VoterSet(SortedMap<Integer, Voter> voters) {
        this.voters = Collections.unmodifiableSortedMap(voters);
    }

    public static VoterSet of(Collection<Voter> voters) {
        SortedMap<Integer, Voter> byId = new TreeMap<>();
        for (Voter voter : voters) {
            if (byId.put(voter.key().id(), voter) != null) {
                throw new IllegalArgumentException("Voter " + voter.key().id() + " is listed twice");
            }
        }
        return new VoterSet(byId);
    }

    /** The voters of {@code controller.quorum.voters}, reached on {@code listener}. */
    public static VoterSet ofStatic(Map<Integer, HostPort> addresses, String listener) {
        SortedMap<Integer, Voter> byId = new TreeMap<>();
        addresses.forEach((id, address) -> byId.put(id, new Voter(ReplicaKey.of(id), Map.of(listener, address))));
        return new VoterSet(byId);
    }

    public Set<Integer> ids() {
        return voters.keySet();
    }

    public Collection<Voter> voters() {
        return voters.values();
    }

    public Optional<Voter> voter(int id) {
        return Optional.ofNullable(voters.get(id));
    }

    /** Whether that replica, directory included where known, is a voter. */
    public boolean contains(ReplicaKey key) {
        Voter voter = voters.get(key.id());
        return voter != null && voter.key().matches(key);
    }

    public boolean isOnly(ReplicaKey key) {
        return voters.size() == 1 && contains(key);
    }

    public int size() {
        return voters.size();
    }

    public boolean isEmpty() {
        return voters.isEmpty();
    }

    /** More than half. */
    public int majority() {
        return voters.size() / 2 + 1;
    }

    public VoterSet with(Voter voter) {
        SortedMap<Integer, Voter> copy = new TreeMap<>(voters);
        copy.put(voter.key().id(), voter);
        return new VoterSet(copy);
    }

    public VoterSet without(int id) {
        SortedMap<Integer, Voter> copy = new TreeMap<>(voters);
        copy.remove(id);
        return new VoterSet(copy);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof VoterSet that && voters.equals(that.voters);
    }

    @Override
    public int hashCode() {
        return voters.hashCode();
    }

    @Override
    public String toString() {
        return voters.values().toString();
    }
}
