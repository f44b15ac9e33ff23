package io.milena.starter.inbox;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The memory of handled events.
 *
 * @param enabled whether listeners remember what they handled
 * @param retention how long an event's id is remembered; longer than any topic keeps its records
 */
@ConfigurationProperties("milena.inbox")
public record InboxProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("14d") Duration retention) {

    public InboxProperties {
        if (retention.isNegative() || retention.isZero()) {
            throw new IllegalArgumentException("milena.inbox.retention must be longer than 0, not " + retention);
        }
    }
}
