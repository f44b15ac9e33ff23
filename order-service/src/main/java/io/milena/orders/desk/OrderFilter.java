package io.milena.orders.desk;

import io.milena.orders.order.Order;
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

    /** By what a list is sorted; the order id decides between equals, so that an order has one place in it. */
    public enum Sort {
        OLDEST("placedAt", By.PLACED, false),
        NEWEST("-placedAt", By.PLACED, true),
        CHANGED("updatedAt", By.CHANGED, false),
        LAST_CHANGED("-updatedAt", By.CHANGED, true),
        ID("orderId", By.ID, false),
        ID_DOWN("-orderId", By.ID, true);

        private final String parameter;
        private final By by;
        private final boolean down;

        Sort(String parameter, By by, boolean down) {
            this.parameter = parameter;
            this.by = by;
            this.down = down;
        }

        /** How a client says it. */
        public String parameter() {
            return parameter;
        }

        boolean isByTime() {
            return by != By.ID;
        }

        /** The time an order is sorted by, null if it is sorted by its id. */
        @Nullable
        Instant time(Order order) {
            return switch (by) {
                case PLACED -> order.placedAt();
                case CHANGED -> order.updatedAt();
                case ID -> null;
            };
        }

        String sql() {
            String direction = down ? " desc" : "";
            return isByTime() ? by.column + direction + ", order_id" + direction : by.column + direction;
        }

        /**
         * What is behind a place: its time twice, if it is sorted by time, and its id. Said so that the first term alone bounds the index
         * in both databases; H2 does not look rows of values up in one.
         */
        String sqlBehind() {
            String behind = down ? " < ?" : " > ?";
            String reached = down ? " <= ?" : " >= ?";
            return isByTime()
                    ? by.column + reached + " and (" + by.column + behind + " or order_id" + behind + ")"
                    : by.column + behind;
        }
    }

    private enum By {
        PLACED("placed_at"),
        CHANGED("updated_at"),
        ID("order_id");

        private final String column;

        By(String column) {
            this.column = column;
        }
    }
}
