package io.milena.inventory.contract;

import io.milena.starter.event.EventType;

/** The customer changed their mind: whatever is reserved goes back. */
@EventType("order.cancelled.v1")
public record OrderCancelled(String orderId) {}
