package io.milena.shipping.contract;

import io.milena.starter.event.EventType;

/** The word to leave. */
@EventType("order.shipped.v1")
public record OrderShipped(String orderId, String shipmentId) {}
