package io.milena.starter.health;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * When delays count as trouble.
 *
 * @param outboxStalledAfter how long the oldest event may wait in the outbox before its health is down
 */
@ConfigurationProperties("milena.health")
public record HealthProperties(@DefaultValue("1m") Duration outboxStalledAfter) {

    public HealthProperties {
        if (outboxStalledAfter.isNegative() || outboxStalledAfter.isZero()) {
            throw new IllegalArgumentException(
                    "milena.health.outbox-stalled-after must be positive, not " + outboxStalledAfter);
        }
    }
}
