package io.milena.inventory.stock;

import io.milena.inventory.ledger.StockMovement;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * What the inventory holds, or refused to hold, for one order.
 *
 * @param units by product
 * @param reason why it was rejected, null otherwise
 * @param expiresAt when the order service is asked to cancel the order; null if that was done or is not needed any more
 * @param expiredAt when it was asked, null if it never was
 */
record Reservation(
        String orderId,
        ReservationState state,
        SortedMap<String, Long> units,
        @Nullable String reason,
        Instant updatedAt,
        @Nullable Instant expiresAt,
        @Nullable Instant expiredAt) {

    /** One that is decided and needs no watch. */
    static Reservation ended(
            String orderId,
            ReservationState state,
            SortedMap<String, Long> units,
            @Nullable String reason,
            Instant now) {
        return new Reservation(orderId, state, units, reason, now, null, null);
    }

    static Reservation held(String orderId, SortedMap<String, Long> units, Instant now, Instant expiresAt) {
        return new Reservation(orderId, ReservationState.RESERVED, units, null, now, expiresAt, null);
    }

    /** What moves when the promise ends. */
    List<StockMovement> movements(MovementOfOrder kind) {
        return units.entrySet().stream()
                .map(line -> kind.of(line.getKey(), line.getValue().intValue(), orderId))
                .toList();
    }

    /** A way in which an order moves a product. */
    interface MovementOfOrder {
        StockMovement of(String sku, int units, String orderId);
    }
}
