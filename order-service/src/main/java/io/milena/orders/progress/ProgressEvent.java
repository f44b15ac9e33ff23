package io.milena.orders.progress;

import io.milena.orders.desk.OrderMove;
import io.milena.orders.order.OrderState;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The data of one server-sent event; its id is the version, its name what happened.
 *
 * @param event placed, confirmed, shipped, rejected, cancelled or delivered
 * @param eventId the event on topic {@code orders} that tells of it, null for what other services tell
 */
@Schema(name = "OrderProgress")
public record ProgressEvent(
        String event,
        String orderId,
        long version,
        OrderState state,
        @Nullable String reason,
        Instant at,
        @Nullable String eventId) {

    static ProgressEvent of(OrderMove move) {
        String name = move.isDelivery() ? "delivered" : move.state().name().toLowerCase(Locale.ROOT);
        return new ProgressEvent(
                name, move.orderId(), move.version(), move.state(), move.reason(), move.at(), move.eventId());
    }
}
