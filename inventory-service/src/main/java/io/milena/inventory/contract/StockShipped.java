package io.milena.inventory.contract;

import io.milena.starter.event.EventType;

/** The order is shipped, and its units have left the stock. */
@EventType("stock.shipped.v1")
public record StockShipped(String orderId) {}
