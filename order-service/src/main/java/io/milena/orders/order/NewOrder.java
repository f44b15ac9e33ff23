package io.milena.orders.order;

import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a customer asks for.
 *
 * @param orderId chosen by the customer, or null to have one chosen; the same id with the same content is the same order
 */
public record NewOrder(
        @Nullable String orderId,
        String customerId,
        @Nullable LocalDate orderDate,
        List<OrderLine> lines,
        @Nullable ShipTo shipTo) {

    public NewOrder {
        lines = List.copyOf(lines);
    }
}
