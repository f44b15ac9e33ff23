package io.milena.inventory.contract;

import io.milena.starter.event.EventType;

/** The order has held its units for too long. They stay reserved until the order service cancels the order. */
@EventType("reservation.expired.v1")
public record ReservationExpired(String orderId, String reason) {}
