package io.milena.starter.listener;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Listeners marked with {@link MilenaListener}.
 *
 * @param retry retries of a failing event, in place, so that its partition keeps its order
 * @param unknownTypes what becomes of events whose type this service does not know
 * @param deadLetterSuffix what is added to a topic's name to get the name of its dead letter topic
 * @param maxPollRecords events handled between two commits of offsets
 * @param sessionTimeout how long a silent instance keeps its partitions; the price of a kill, and of a long pause
 */
@ConfigurationProperties("milena.listener")
public record ListenerProperties(
        @DefaultValue Retry retry,
        @DefaultValue("skip") UnknownTypes unknownTypes,
        @DefaultValue("-dlt") String deadLetterSuffix,
        @DefaultValue("100") int maxPollRecords,
        @DefaultValue("10s") Duration sessionTimeout) {

    /** The rule for unknown event types. */
    public enum UnknownTypes {
        /** They are meant for others; the counter {@code milena.events.skipped} counts them. */
        SKIP,
        /** They are a mistake. */
        DEAD_LETTER
    }

    /**
     * Retries. A database or broker that is away is no fault of the event: such failures are retried without end.
     *
     * @param maxRetries retries before the event goes to the dead letter topic
     * @param initialInterval the first pause
     * @param multiplier by which the pause grows
     * @param maxInterval the longest pause
     */
    public record Retry(
            @DefaultValue("4") int maxRetries,
            @DefaultValue("200ms") Duration initialInterval,
            @DefaultValue("3") double multiplier,
            @DefaultValue("5s") Duration maxInterval) {}
}
