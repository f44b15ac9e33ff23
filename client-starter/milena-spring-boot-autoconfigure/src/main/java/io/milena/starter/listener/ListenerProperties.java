package io.milena.starter.listener;

import io.milena.starter.retry.RetryPolicy;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Listeners marked with {@link MilenaListener}.
 *
 * @param retry retries of a failing event, in the order of its key
 * @param unknownTypes what becomes of events whose type this service does not know
 * @param unknownVersions what becomes of events that this service knows in another version only
 * @param deadLetterSuffix what is added to a topic's name to get the name of its dead letter topic
 * @param maxPollRecords events handled between two commits of offsets
 * @param sessionTimeout how long a silent instance keeps its partitions; the price of a kill, and of a long pause
 */
@ConfigurationProperties("milena.listener")
public record ListenerProperties(
        @DefaultValue Retry retry,
        @DefaultValue("skip") UnknownTypes unknownTypes,
        @DefaultValue("dead-letter") UnknownTypes unknownVersions,
        @DefaultValue("-dlt") String deadLetterSuffix,
        @DefaultValue("100") int maxPollRecords,
        @DefaultValue("10s") Duration sessionTimeout) {

    public ListenerProperties {
        require(!deadLetterSuffix.isBlank(), "dead-letter-suffix must not be empty: dead letters would return");
        require(maxPollRecords >= 1, "max-poll-records must be at least 1, not " + maxPollRecords);
        require(sessionTimeout.toMillis() >= 4, "session-timeout must be at least 4ms, not " + sessionTimeout);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException("milena.listener." + otherwise);
        }
    }

    /** The rule for events that have no class here. */
    public enum UnknownTypes {
        /** They are meant for others; the counter {@code milena.events.skipped} counts them. */
        SKIP,
        /** They are a mistake, or come too early: a release that knows them can put them back. */
        DEAD_LETTER
    }

    /**
     * Retries. With a database a failing event is parked: the later events of its key queue up behind it, other keys go on. A database that is
     * away is no fault of the event: such failures are retried in place and without end.
     *
     * @param park whether failing events are parked; false, or without a database: they are retried in place, and their partition waits
     * @param maxRetries attempts after the first one, before the event goes to the dead letter topic
     * @param initialInterval the first pause
     * @param multiplier by which the pause grows
     * @param maxInterval the longest pause
     * @param maxContentions attempts that may end in a lock or a time-out of the database before such ends count as failures
     * @param concurrency parked events that this instance tries at the same time
     * @param pollInterval how soon events parked by other instances are seen; those of this instance are tried when they are due
     */
    public record Retry(
            @DefaultValue("true") boolean park,
            @DefaultValue("4") int maxRetries,
            @DefaultValue("200ms") Duration initialInterval,
            @DefaultValue("3") double multiplier,
            @DefaultValue("5s") Duration maxInterval,
            @DefaultValue("" + RetryPolicy.MAX_CONTENTIONS) int maxContentions,
            @DefaultValue("2") int concurrency,
            @DefaultValue("1s") Duration pollInterval) {

        public Retry {
            require(maxRetries >= 0, "max-retries must be 0 or more, not " + maxRetries);
            require(isPositive(initialInterval), "initial-interval must be longer than 0, not " + initialInterval);
            require(multiplier >= 1, "multiplier must be 1 or more, not " + multiplier);
            require(
                    maxInterval.compareTo(initialInterval) >= 0,
                    "max-interval (" + maxInterval + ") must not be shorter than initial-interval (" + initialInterval
                            + ")");
            require(maxContentions >= 0, "max-contentions must be 0 or more, not " + maxContentions);
            require(concurrency >= 1, "concurrency must be at least 1, not " + concurrency);
            require(isPositive(pollInterval), "poll-interval must be longer than 0, not " + pollInterval);
        }

        /** How often and how long after each other. */
        public RetryPolicy policy() {
            return new RetryPolicy(maxRetries, initialInterval, multiplier, maxInterval, maxContentions);
        }

        private static boolean isPositive(Duration duration) {
            return duration.compareTo(Duration.ZERO) > 0;
        }

        private static void require(boolean holds, String otherwise) {
            if (!holds) {
                throw new IllegalArgumentException("milena.listener.retry." + otherwise);
            }
        }
    }
}
