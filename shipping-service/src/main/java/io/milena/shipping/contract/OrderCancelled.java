package io.milena.shipping.contract;

import io.milena.starter.event.EventType;

/** The customer changed their mind. An order that was confirmed before may have a shipment, which is void now. */
@EventType("order.cancelled.v1")
public record OrderCancelled(String orderId, String previousState) {}
