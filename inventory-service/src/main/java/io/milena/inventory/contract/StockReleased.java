package io.milena.inventory.contract;

import io.milena.starter.event.EventType;

/** The order was cancelled, and nothing is kept for it any more. */
@EventType("stock.released.v1")
public record StockReleased(String orderId) {}
