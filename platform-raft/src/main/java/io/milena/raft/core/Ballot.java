package io.milena.raft.core;

import java.util.HashSet;
import java.util.Set;

/**
 * Votes of one round, counted against the voter set in force when asked.
 *
 * @param granted ids of voters that said yes, oneself included
 * @param rejected ids of voters that said no
 */
record Ballot(Set<Integer> granted, Set<Integer> rejected) {
    static Ballot of(int self) {
        return new Ballot(Set.of(self), Set.of());
    }

    Ballot with(int voter, boolean grants) {
        Set<Integer> copy = new HashSet<>(grants ? granted : rejected);
        copy.add(voter);
        return grants ? new Ballot(Set.copyOf(copy), rejected) : new Ballot(granted, Set.copyOf(copy));
    }

    boolean hasAnswered(int voter) {
        return granted.contains(voter) || rejected.contains(voter);
    }

    boolean isWon(VoterSet voters) {
        return count(granted, voters) >= voters.majority();
    }

    /** So many said no that no majority is left. */
    boolean isLost(VoterSet voters) {
        return voters.size() - count(rejected, voters) < voters.majority();
    }

    private static long count(Set<Integer> ids, VoterSet voters) {
        return ids.stream().filter(voters.ids()::contains).count();
    }
}
