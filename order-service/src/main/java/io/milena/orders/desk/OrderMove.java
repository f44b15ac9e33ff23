package io.milena.orders.desk;

import io.milena.orders.order.OrderState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One thing that happened to an order.
 *
 * @param version the order's version since
 * @param state the order's state since
 * @param eventId the event that tells of it, null if none does
 * @param correlationId the conversation it belongs to
 * @param causationId the event that caused it, null for a REST call
 * @param call the REST call that caused it, null for an event
 */
public record OrderMove(
        String orderId,
        long version,
        OrderState state,
        @Nullable String reason,
        Instant at,
        @Nullable String eventId,
        @Nullable String correlationId,
        @Nullable String causationId,
        @Nullable String traceId,
        @Nullable Call call) {

    /** Whether this is the arrival of the goods, which moves no state and which no event of ours tells of. */
    public boolean isDelivery() {
        return state == OrderState.SHIPPED && eventId == null;
    }
}
