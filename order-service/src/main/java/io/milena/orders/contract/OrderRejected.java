package io.milena.orders.contract;

import io.milena.starter.event.EventType;

/** The order cannot be served: the end. */
@EventType("order.rejected.v1")
public record OrderRejected(String orderId, String reason) {}
