package io.milena.orders.progress;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Event streams of orders.
 *
 * @param maxStreams how many this instance serves at a time; one more gets 503
 * @param pollInterval how often the database is asked for news, once for all streams
 * @param heartbeat the longest silence; a comment breaks it, so that nobody between takes the connection for dead
 * @param maxDuration after which a stream ends and the client connects again, with Last-Event-ID
 */
@ConfigurationProperties("orders.events")
public record ProgressProperties(
        @DefaultValue("1000") int maxStreams,
        @DefaultValue("250ms") Duration pollInterval,
        @DefaultValue("15s") Duration heartbeat,
        @DefaultValue("30m") Duration maxDuration) {}
