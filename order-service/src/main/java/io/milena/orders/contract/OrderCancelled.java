package io.milena.orders.contract;

import io.milena.orders.order.OrderState;
import io.milena.starter.event.EventType;

/** The customer changed their mind in time: the end. Reserved goods go back, a prepared shipment is void. */
@EventType("order.cancelled.v1")
public record OrderCancelled(String orderId, OrderState previousState) {}
