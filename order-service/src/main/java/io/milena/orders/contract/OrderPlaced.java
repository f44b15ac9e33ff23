package io.milena.orders.contract;

import io.milena.orders.order.OrderLine;
import io.milena.orders.order.ShipTo;
import io.milena.starter.event.EventType;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A customer wants goods. The inventory answers with {@link StockReserved} or {@link StockRejected}. */
@EventType("order.placed.v1")
public record OrderPlaced(
        String orderId,
        String customerId,
        @Nullable LocalDate orderDate,
        List<OrderLine> lines,
        @Nullable ShipTo shipTo) {}
