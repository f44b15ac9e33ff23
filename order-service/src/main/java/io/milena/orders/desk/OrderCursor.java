package io.milena.orders.desk;

import io.milena.orders.order.Order;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A place in a sorted list: behind this order, as it was when it was read. It stays where it is when orders before it come or go, and
 * when the order itself leaves the list.
 *
 * @param time what the list is sorted by, null if that is the order id alone
 */
public record OrderCursor(OrderFilter.Sort sort, @Nullable Instant time, String orderId) {

    /** Behind an order. */
    public static OrderCursor behind(Order order, OrderFilter.Sort sort) {
        return new OrderCursor(sort, sort.time(order), order.orderId());
    }

    /** Empty for what {@link #text} has not said, or not of a list in this order. */
    public static Optional<OrderCursor> of(String text, OrderFilter.Sort sort) {
        try {
            String[] parts = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8).split(" ", -1);
            if (parts.length != 3
                    || !parts[0].equals(sort.parameter())
                    || !parts[2].matches(OrderIds.PATTERN)
                    || parts[1].isEmpty() == sort.isByTime()) {
                return Optional.empty();
            }
            return Optional.of(new OrderCursor(sort, parts[1].isEmpty() ? null : time(parts[1]), parts[2]));
        } catch (IllegalArgumentException | DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Instant time(String text) {
        Instant time = Instant.parse(text);
        int year = time.atOffset(ZoneOffset.UTC).getYear();
        if (year < 1 || year > 9_999) {
            throw new DateTimeException("no database keeps the year " + year);
        }
        return time;
    }

    /** As it stands in an address. */
    public String text() {
        String text = sort.parameter() + " " + (time == null ? "" : time) + " " + orderId;
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
