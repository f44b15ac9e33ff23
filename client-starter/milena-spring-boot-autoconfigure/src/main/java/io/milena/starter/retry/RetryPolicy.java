package io.milena.starter.retry;

import java.time.Duration;

/**
 * How often and how long after each other an event is tried.
 *
 * @param maxRetries attempts after the first one
 * @param initialInterval the first pause
 * @param multiplier by which the pause grows
 * @param maxInterval the longest pause
 */
public record RetryPolicy(int maxRetries, Duration initialInterval, double multiplier, Duration maxInterval) {

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
