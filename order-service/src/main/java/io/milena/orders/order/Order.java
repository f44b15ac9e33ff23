package io.milena.orders.order;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An order. Immutable: a move returns the order after it.
 *
 * @param reason why it was rejected, null otherwise
 */
record Order(
        String orderId,
        String customerId,
        @Nullable LocalDate orderDate,
        List<OrderLine> lines,
        @Nullable ShipTo shipTo,
        OrderState state,
        @Nullable String reason,
        @Nullable String shipmentId,
        Instant placedAt,
        Instant updatedAt) {

    Order {
        lines = List.copyOf(lines);
    }

    static Order place(String orderId, PlaceOrder wish, Instant now) {
        return new Order(
                orderId,
                wish.customerId(),
                wish.orderDate(),
                wish.lines(),
                wish.shipTo(),
                OrderState.PLACED,
                null,
                null,
                now,
                now);
    }

    Order confirm(Instant now) {
        return move(OrderState.CONFIRMED, null, null, now);
    }

    Order reject(String why, Instant now) {
        return move(OrderState.REJECTED, why, null, now);
    }

    Order ship(String shipment, Instant now) {
        return move(OrderState.SHIPPED, null, shipment, now);
    }

    Order cancel(Instant now) {
        return move(OrderState.CANCELLED, null, null, now);
    }

    Order withLines(List<OrderLine> itsLines) {
        return new Order(
                orderId, customerId, orderDate, itsLines, shipTo, state, reason, shipmentId, placedAt, updatedAt);
    }

    /** Whether this is the order somebody asks for. */
    boolean answers(PlaceOrder wish) {
        return wish.equals(new PlaceOrder(wish.orderId(), customerId, orderDate, lines, shipTo));
    }

    private Order move(OrderState next, @Nullable String why, @Nullable String shipment, Instant now) {
        if (!state.mayBecome(next)) {
            throw new IllegalMoveException(orderId, state, next);
        }
        return new Order(orderId, customerId, orderDate, lines, shipTo, next, why, shipment, placedAt, now);
    }
}
