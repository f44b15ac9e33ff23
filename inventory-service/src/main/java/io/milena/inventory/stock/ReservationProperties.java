package io.milena.inventory.stock;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Reservations.
 *
 * @param expiresAfter how long an order may hold units without being shipped before the order service is asked to cancel it
 * @param checkInterval pause between two looks for expired reservations
 */
@ConfigurationProperties("inventory.reservation")
record ReservationProperties(
        @DefaultValue("24h") Duration expiresAfter,
        @DefaultValue("10s") Duration checkInterval) {

    ReservationProperties {
        if (expiresAfter.isNegative() || expiresAfter.isZero()) {
            throw new IllegalArgumentException(
                    "inventory.reservation.expires-after is " + expiresAfter + "; it must be longer than nothing");
        }
    }
}
