package io.milena.orders.contract;

import io.milena.starter.event.EventType;

/** Every line of the order is reserved. */
@EventType("stock.reserved.v1")
public record StockReserved(String orderId) {}
