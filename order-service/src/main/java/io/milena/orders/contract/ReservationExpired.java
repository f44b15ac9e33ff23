package io.milena.orders.contract;

import io.milena.starter.event.EventType;

/** The inventory kept the goods long enough. Answered with {@link OrderCancelled}, which gives them back, unless the order is shipped. */
@EventType("reservation.expired.v1")
public record ReservationExpired(String orderId, String reason) {}
