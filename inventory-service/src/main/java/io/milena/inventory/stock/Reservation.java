package io.milena.inventory.stock;

import java.time.Instant;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * What the inventory holds, or refused to hold, for one order.
 *
 * @param units by product
 * @param reason why it was rejected, null otherwise
 */
record Reservation(
        String orderId,
        ReservationState state,
        SortedMap<String, Long> units,
        @Nullable String reason,
        Instant updatedAt) {}
