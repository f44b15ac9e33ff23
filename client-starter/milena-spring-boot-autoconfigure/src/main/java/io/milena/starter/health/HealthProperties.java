package io.milena.starter.health;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * When delays count as trouble.
 *
 * @param outboxStalledAfter how long the oldest event may wait in the outbox before its health is down
 * @param retriesOverdueAfter how long a parked event may be due without being tried before the health of retries is down
 * @param retriesParkedAfter how long the first event of a key may be parked before the health of retries is down
 */
@ConfigurationProperties("milena.health")
public record HealthProperties(
        @DefaultValue("1m") Duration outboxStalledAfter,
        @DefaultValue("1m") Duration retriesOverdueAfter,
        @DefaultValue("15m") Duration retriesParkedAfter) {

    public HealthProperties {
        positive("outbox-stalled-after", outboxStalledAfter);
        positive("retries-overdue-after", retriesOverdueAfter);
        positive("retries-parked-after", retriesParkedAfter);
    }

    private static void positive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException("milena.health." + name + " must be longer than 0, not " + value);
        }
    }
}
