package io.milena.orders.desk;

import io.milena.orders.order.OrderState;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which orders a list shows, and in what order.
 *
 * @param states any of these; empty for all
 * @param from placed at or after, null for no bound
 * @param to placed before, null for no bound
 */
public record OrderFilter(
        Set<OrderState> states,
        @Nullable String customerId,
        @Nullable Instant from,
        @Nullable Instant to,
        Sort sort) {

    public OrderFilter {
        states = Set.copyOf(states);
    }

    /** By what a list is sorted; the order id decides between equals, so that pages never overlap. */
    public enum Sort {
        OLDEST("placedAt", "placed_at, order_id"),
        NEWEST("-placedAt", "placed_at desc, order_id desc"),
        CHANGED("updatedAt", "updated_at, order_id"),
        LAST_CHANGED("-updatedAt", "updated_at desc, order_id desc"),
        ID("orderId", "order_id"),
        ID_DOWN("-orderId", "order_id desc");

        private final String parameter;
        private final String sql;

        Sort(String parameter, String sql) {
            this.parameter = parameter;
            this.sql = sql;
        }

        /** How a client says it. */
        public String parameter() {
            return parameter;
        }

        String sql() {
            return sql;
        }
    }
}
