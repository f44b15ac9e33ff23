package io.milena.orders.contract;

import io.milena.orders.order.OrderState;
import io.milena.starter.event.EventType;
import org.jspecify.annotations.Nullable;

/**
 * The order is called off in time: the end. Reserved goods go back, a prepared shipment is void.
 *
 * @param reason null if the customer did not say
 */
@EventType("order.cancelled.v1")
public record OrderCancelled(
        String orderId, OrderState previousState, @Nullable String reason) {

    public OrderCancelled(String orderId, OrderState previousState) {
        this(orderId, previousState, null);
    }
}
