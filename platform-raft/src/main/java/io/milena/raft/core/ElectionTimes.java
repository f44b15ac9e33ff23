package io.milena.raft.core;

import java.util.random.RandomGenerator;

/**
 * When this replica stands, and how long a round lasts. Jitter keeps replicas apart that lost in the same moment; who lost rounds
 * in a row waits longer. Times in ms, on the clock of the events.
 */
final class ElectionTimes {
    /** Enough for a pre-vote and a vote, each with its fsync. */
    private static final long TURN_MS = 40;

    private final CoreConfig config;
    private final LogView log;
    private final RandomGenerator random;
    private int rounds;

    ElectionTimes(CoreConfig config, LogView log, RandomGenerator random) {
        this.config = config;
        this.log = log;
        this.random = random;
    }

    /** Another round, which may be lost. */
    void roundBegins() {
        rounds++;
    }

    /** There is a leader that answers: what was lost before does not count any more. */
    void forgetLostRounds() {
        rounds = 0;
    }

    long timeout(long nowMs) {
        return nowMs
                + config.election().timeoutMs()
                + randomBelow(config.election().timeoutMs());
    }

    /** Others may learn a moment later that the leader is gone and have refused: they are asked anew soon, not after a time-out. */
    long shortRound(long nowMs) {
        int roundMs = Math.max(50, 4 * config.election().leaderLossGraceMs());
        return nowMs + roundMs + randomBelow(roundMs);
    }

    /**
     * When to stand against a leader that is gone. All voters see it in the same moment, so each has its turn: the next id after
     * the leader's first, the others when that one should have won. Who was refused before waits longer, with jitter.
     */
    long turnToBecomeCandidate(int leaderId, long nowMs) {
        long own = after(leaderId, config.local().id());
        long before = log.voters().ids().stream()
                .filter(id -> id != leaderId && after(leaderId, id) < own)
                .count();
        long start = rounds == 0 ? nowMs : backoffUntil(nowMs);
        return start
                + config.election().leaderLossGraceMs()
                + before * Math.max(TURN_MS, 2L * config.election().leaderLossGraceMs());
    }

    /** Orders the ids from {@code leaderId} on, the smaller ones behind the greater. */
    private static long after(int leaderId, int id) {
        return id > leaderId ? id : id + (1L << 32);
    }

    /** Binary exponential: the more rounds were lost in a row, the longer the pause may be. */
    long backoffUntil(long nowMs) {
        int spread = 2 << Math.min(20, Math.max(0, rounds - 1));
        return nowMs + Math.min(50L * randomBelow(spread), config.election().backoffMaxMs());
    }

    private int randomBelow(int bound) {
        return bound <= 0 ? 0 : random.nextInt(bound);
    }
}
