package io.milena.orders.order;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An order. Immutable: a move returns the order after it, one version on.
 *
 * @param reason why it was rejected or called off, null if there is nothing to say
 * @param deliveredAt when the customer had the goods, null before
 * @param version 1 when placed, one more with each change
 */
public record Order(
        String orderId,
        String customerId,
        @Nullable LocalDate orderDate,
        List<OrderLine> lines,
        @Nullable ShipTo shipTo,
        OrderState state,
        @Nullable String reason,
        @Nullable String shipmentId,
        Instant placedAt,
        Instant updatedAt,
        @Nullable Instant deliveredAt,
        long version) {

    private static final int LONGEST_REASON = 1_000;

    public Order {
        lines = List.copyOf(lines);
    }

    public static Order place(String orderId, NewOrder wish, Instant now) {
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
                now,
                null,
                1);
    }

    public Order confirm(Instant now) {
        return move(OrderState.CONFIRMED, null, null, now);
    }

    public Order reject(String why, Instant now) {
        return move(OrderState.REJECTED, why, null, now);
    }

    public Order ship(String shipment, Instant now) {
        return move(OrderState.SHIPPED, null, shipment, now);
    }

    /** @param why null if the customer did not say */
    public Order cancel(@Nullable String why, Instant now) {
        return move(OrderState.CANCELLED, why, null, now);
    }

    /** The goods have arrived. No move: SHIPPED is the end; told twice, the first time counts. */
    public Order deliver(Instant at, Instant now) {
        if (state != OrderState.SHIPPED || deliveredAt != null) {
            return this;
        }
        return new Order(
                orderId,
                customerId,
                orderDate,
                lines,
                shipTo,
                state,
                reason,
                shipmentId,
                placedAt,
                now,
                at,
                version + 1);
    }

    public Order withLines(List<OrderLine> itsLines) {
        return new Order(
                orderId,
                customerId,
                orderDate,
                itsLines,
                shipTo,
                state,
                reason,
                shipmentId,
                placedAt,
                updatedAt,
                deliveredAt,
                version);
    }

    /** Whether this is the order somebody asks for. */
    public boolean answers(NewOrder wish) {
        return wish.equals(new NewOrder(wish.orderId(), customerId, orderDate, lines, shipTo));
    }

    private Order move(OrderState next, @Nullable String why, @Nullable String shipment, Instant now) {
        if (!state.mayBecome(next)) {
            throw new IllegalMoveException(orderId, state, next);
        }
        String kept = why != null && why.length() > LONGEST_REASON ? why.substring(0, LONGEST_REASON) : why;
        return new Order(
                orderId, customerId, orderDate, lines, shipTo, next, kept, shipment, placedAt, now, null, version + 1);
    }
}
