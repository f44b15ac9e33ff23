package io.milena.starter.retry;

import java.time.Duration;

/**
 * How often and how long after each other an event is tried.
 *
 * @param maxRetries attempts after the first one
 * @param initialInterval the first pause
 * @param multiplier by which the pause grows
 * @param maxInterval the longest pause
 * @param maxContentions attempts that may end in a lock or a time-out before such ends count as failures
 */
public record RetryPolicy(
        int maxRetries, Duration initialInterval, double multiplier, Duration maxInterval, int maxContentions) {

    /** As many as {@code milena.listener.retry.max-contentions} unless set. */
    public static final int MAX_CONTENTIONS = 100;

    public RetryPolicy(int maxRetries, Duration initialInterval, double multiplier, Duration maxInterval) {
        this(maxRetries, initialInterval, multiplier, maxInterval, MAX_CONTENTIONS);
    }

    /** Whether a failure costs an attempt of the budget. */
    boolean counts(Failure failure, int contentionsBefore) {
        return failure.kind() != Failure.Kind.CONTENTION || contentionsBefore >= maxContentions;
    }

    /** Whether no attempt is left. */
    public boolean isSpent(int attempts) {
        return attempts > maxRetries;
    }

    /** The pause after this many attempts. */
    public Duration pauseAfter(int attempts) {
        double ms = initialInterval.toMillis() * Math.pow(multiplier, Math.max(0, attempts - 1));
        return ms >= maxInterval.toMillis() ? maxInterval : Duration.ofMillis((long) ms);
    }
}
