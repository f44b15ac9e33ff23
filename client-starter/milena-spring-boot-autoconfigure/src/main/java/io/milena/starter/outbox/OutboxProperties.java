package io.milena.starter.outbox;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The outbox and its relay.
 *
 * @param enabled whether there is an outbox
 * @param relay whether this instance publishes; an instance that does not still stores events
 * @param pageSize rows read and published at a time; the bound on memory
 * @param pollInterval how long the relay sleeps when nothing woke it; events of this instance wake it at once
 * @param sendTimeout how long the broker may take to acknowledge a record before the relay tries anew
 * @param retention how long published events stay in the table of sent events; zero keeps none
 */
@ConfigurationProperties("milena.outbox")
public record OutboxProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("true") boolean relay,
        @DefaultValue("500") int pageSize,
        @DefaultValue("1s") Duration pollInterval,
        @DefaultValue("20s") Duration sendTimeout,
        @DefaultValue("1d") Duration retention) {

    public OutboxProperties {
        if (pageSize < 1) {
            throw new IllegalArgumentException("milena.outbox.page-size must be at least 1, not " + pageSize);
        }
        atLeast("poll-interval", pollInterval, Duration.ofMillis(1));
        atLeast("send-timeout", sendTimeout, Duration.ofMillis(100));
        atLeast("retention", retention, Duration.ZERO);
    }

    private static void atLeast(String name, Duration value, Duration least) {
        if (value.compareTo(least) < 0) {
            throw new IllegalArgumentException(
                    "milena.outbox." + name + " must be at least " + least.toMillis() + "ms, not " + value);
        }
    }
}
