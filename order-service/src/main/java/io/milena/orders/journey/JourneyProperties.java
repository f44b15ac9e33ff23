package io.milena.orders.journey;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The journey of orders.
 *
 * @param enabled whether this instance reads the topics for it
 * @param retention how long what was read is kept
 * @param patience how long the broker may take to say who has read how far; after it, that is told as unknown
 * @param freshness how old that word may be; views within it share one question
 */
@ConfigurationProperties("orders.journey")
public record JourneyProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("14d") Duration retention,
        @DefaultValue("1500ms") Duration patience,
        @DefaultValue("300ms") Duration freshness) {}
