package io.milena.orders.contract;

import io.milena.orders.order.OrderLine;
import io.milena.orders.order.ShipTo;
import io.milena.starter.event.EventType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The goods are reserved. Shipping answers with {@link ShipmentPrepared}. */
@EventType("order.confirmed.v1")
public record OrderConfirmed(
        String orderId,
        String customerId,
        List<OrderLine> lines,
        @Nullable ShipTo shipTo) {}
