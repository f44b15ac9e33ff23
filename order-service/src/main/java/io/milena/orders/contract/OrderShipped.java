package io.milena.orders.contract;

import io.milena.starter.event.EventType;

/** The prepared shipment may leave: the end. From here on the order cannot be cancelled. */
@EventType("order.shipped.v1")
public record OrderShipped(String orderId, String shipmentId) {}
