package io.milena.raft.core;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a leader knows of the others in its epoch: how far each has the log, who has heard of it, and whether a majority still
 * follows. Lives as long as the leadership.
 */
final class LeaderProgress {
    /** An observer that has not fetched for so long is forgotten. */
    static final long OBSERVER_SESSION_MS = 300_000;

    /** Anybody may fetch under any id. */
    static final int MOST_OBSERVERS = 10_000;

    /** Check quorum tolerates half a fetch time-out of delay on the way. */
    private static final double CHECK_QUORUM_FACTOR = 1.5;

    private final int localId;
    private final long epochStartOffset;
    private final int checkQuorumMs;
    private final Map<Integer, ReplicaProgress> voters = new TreeMap<>();
    private final Map<ReplicaKey, ReplicaProgress> observers = new HashMap<>();
    private final Set<Integer> fetchedVoters = new HashSet<>();
    private VoterSet voterSet = VoterSet.EMPTY;
    private long checkQuorumDeadlineMs;
    private long highWatermark = -1;

    LeaderProgress(int localId, long epochStartOffset, int fetchTimeoutMs, VoterSet voterSet, long nowMs) {
        this.localId = localId;
        this.epochStartOffset = epochStartOffset;
        this.checkQuorumMs = (int) (fetchTimeoutMs * CHECK_QUORUM_FACTOR);
        this.checkQuorumDeadlineMs = nowMs + checkQuorumMs;
        changeVoters(voterSet, nowMs);
    }

    /**
     * Follows a change of the voter set: it counts as soon as it is in the log (KIP-853). The new majority gets a whole check-quorum
     * period to fetch: for a leader that was the only voter the clock stood since its election.
     */
    void changeVoters(VoterSet newVoters, long nowMs) {
        if (newVoters.equals(voterSet)) {
            return;
        }
        voterSet = newVoters;
        checkQuorumDeadlineMs = nowMs + checkQuorumMs;
        for (Voter voter : newVoters.voters()) {
            ReplicaProgress known = voters.get(voter.key().id());
            if (known == null || !known.key().matches(voter.key())) {
                ReplicaProgress observer = observers.remove(voter.key());
                voters.put(voter.key().id(), observer == null ? new ReplicaProgress(voter.key()) : observer);
            } else if (!known.key().equals(voter.key())) {
                known.identifiedAs(voter.key()); // a static voter's directory is known now
            }
        }
        for (Integer id : new ArrayList<>(voters.keySet())) {
            if (!newVoters.ids().contains(id)) {
                ReplicaProgress removed = voters.remove(id);
                if (removed != null && id != localId) {
                    observers.put(removed.key(), removed);
                }
                fetchedVoters.remove(id);
            }
        }
    }

    /** This leader's own log is durable up to {@code endOffset}; true if the high watermark rose. */
    boolean updateLocal(long endOffset, long nowMs) {
        ReplicaProgress local = voters.get(localId);
        if (local != null) {
            local.fetched(endOffset, endOffset, nowMs);
        }
        return maybeAdvance();
    }

    /** A replica fetched from {@code offset}: it has everything below. True if the high watermark rose. */
    boolean updateReplica(ReplicaKey key, long offset, long leaderEndOffset, long nowMs) {
        if (key.id() < 0 || key.id() == localId) {
            return false;
        }
        ReplicaProgress voter = voters.get(key.id());
        if (voter != null && voter.key().matches(key)) {
            voter.fetched(offset, leaderEndOffset, nowMs);
            touch(key, nowMs);
            return maybeAdvance();
        }
        if (observers.size() >= MOST_OBSERVERS && !observers.containsKey(key)) {
            forgetLongestSilentObserver(nowMs);
        }
        observers.computeIfAbsent(key, ReplicaProgress::new).fetched(offset, leaderEndOffset, nowMs);
        return false;
    }

    private void forgetLongestSilentObserver(long nowMs) {
        if (observers(nowMs).size() >= MOST_OBSERVERS) {
            observers.values().stream()
                    .min(Comparator.comparingLong(ReplicaProgress::lastFetchMs))
                    .ifPresent(silent -> observers.remove(silent.key()));
        }
    }

    /** A voter fetched log or snapshot: it follows, which counts for check quorum. */
    void touch(ReplicaKey key, long nowMs) {
        ReplicaProgress voter = voters.get(key.id());
        if (voter == null || key.id() == localId || !voter.key().matches(key)) {
            return;
        }
        voter.heardFrom(nowMs);
        fetchedVoters.add(key.id());
        int needed = voterSet.majority() - (voters.containsKey(localId) ? 1 : 0);
        if (fetchedVoters.size() >= needed) {
            fetchedVoters.clear();
            checkQuorumDeadlineMs = nowMs + checkQuorumMs;
        }
    }

    /** When to resign unless a majority fetches; never for a lone voter. */
    long checkQuorumDeadlineMs() {
        boolean alone = voterSet.size() == 1 && voters.containsKey(localId);
        return alone ? Long.MAX_VALUE : checkQuorumDeadlineMs;
    }

    void acknowledged(int voterId, long nowMs) {
        ReplicaProgress voter = voters.get(voterId);
        if (voter != null) {
            voter.heardFrom(nowMs);
        }
    }

    /** When a voter must be told (again) who leads: at once if it never acknowledged, else when it was silent for {@code periodMs}. */
    long beginEpochDueMs(int voterId, int periodMs) {
        ReplicaProgress voter = voters.get(voterId);
        if (voter == null) {
            return Long.MAX_VALUE;
        }
        return voter.isAcknowledged() ? voter.lastHeardMs() + periodMs : Long.MIN_VALUE;
    }

    /**
     * The high watermark is what a majority of the voters in force has, but only once that includes a record of this epoch:
     * counting replicas of an older epoch's records proves nothing (Raft §5.4.2).
     */
    private boolean maybeAdvance() {
        if (voterSet.isEmpty()) {
            return false;
        }
        List<Long> ends = new ArrayList<>();
        voters.values().forEach(voter -> ends.add(voter.endOffset()));
        ends.sort(Comparator.reverseOrder());
        long common = ends.get(voterSet.majority() - 1);
        if (common > epochStartOffset && common > highWatermark) {
            highWatermark = common;
            return true;
        }
        return false;
    }

    /** -1 until a record of this epoch is committed. */
    long highWatermark() {
        return highWatermark;
    }

    long epochStartOffset() {
        return epochStartOffset;
    }

    /** The other voters, the most up to date first: the order in which they should stand after a resignation. */
    List<ReplicaKey> successors() {
        return voters.values().stream()
                .filter(voter -> voter.key().id() != localId)
                .sorted(Comparator.comparingLong(ReplicaProgress::endOffset).reversed())
                .map(ReplicaProgress::key)
                .toList();
    }

    Collection<ReplicaProgress> voters() {
        return voters.values();
    }

    Collection<ReplicaProgress> observers(long nowMs) {
        observers.values().removeIf(observer -> nowMs - observer.lastFetchMs() > OBSERVER_SESSION_MS);
        return observers.values();
    }

    ReplicaProgress observer(ReplicaKey key) {
        return observers.getOrDefault(key, new ReplicaProgress(key));
    }
}
