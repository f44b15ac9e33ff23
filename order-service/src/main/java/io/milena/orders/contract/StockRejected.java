package io.milena.orders.contract;

import io.milena.starter.event.EventType;

/** Nothing is reserved for the order, and why. */
@EventType("stock.rejected.v1")
public record StockRejected(String orderId, String reason) {}
