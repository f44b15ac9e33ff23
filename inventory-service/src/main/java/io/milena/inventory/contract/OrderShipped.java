package io.milena.inventory.contract;

import io.milena.starter.event.EventType;

/** The goods leave the house. */
@EventType("order.shipped.v1")
public record OrderShipped(String orderId) {}
