package io.milena.orders.web;

import io.milena.orders.desk.OrderCursor;
import io.milena.orders.desk.OrderFilter;
import io.milena.orders.order.OrderState;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The query of {@code GET /orders}. A parameter nobody knows is an error: a misspelt filter would show everything.
 *
 * @param after where the page begins; null for one that is asked for by its number
 * @param page its number, null if nobody asked by number and a cursor leads here
 */
record OrderQuery(
        OrderFilter filter,
        @Nullable OrderCursor after,
        @Nullable Integer page,
        int size) {

    private static final List<String> NAMES =
            List.of("state", "customer", "from", "to", "sort", "after", "page", "size");
    private static final int LAST_PAGE = 10_000_000;
    private static final int LARGEST_PAGE = 1_000;

    /** @throws InvalidParameterException if a parameter says nothing sensible */
    static OrderQuery of(Map<String, String[]> parameters) {
        for (String name : parameters.keySet()) {
            if (!NAMES.contains(name)) {
                throw new InvalidParameterException(name, "is unknown; there are " + String.join(", ", NAMES));
            }
        }
        Instant from = time(parameters, "from");
        Instant to = time(parameters, "to");
        if (from != null && to != null && !from.isBefore(to)) {
            throw new InvalidParameterException("from", "must be before 'to'");
        }
        OrderFilter.Sort sort = sort(parameters);
        OrderCursor after = after(parameters, sort);
        return new OrderQuery(
                new OrderFilter(states(parameters), customer(parameters), from, to, sort),
                after,
                after == null ? number(parameters, "page", 0, 0, LAST_PAGE) : null,
                number(parameters, "size", 20, 1, LARGEST_PAGE));
    }

    /** Rows before the page that no cursor tells of. */
    long offset() {
        return page == null ? 0 : (long) page * size;
    }

    private static @Nullable OrderCursor after(Map<String, String[]> parameters, OrderFilter.Sort sort) {
        String text = single(parameters, "after");
        if (text == null) {
            return null;
        }
        if (parameters.containsKey("page")) {
            throw new InvalidParameterException("after", "says where the page begins; leave 'page' out");
        }
        return OrderCursor.of(text, sort)
                .orElseThrow(() -> new InvalidParameterException(
                        "after", "must be the one of a 'next' link of the same list, with the same 'sort'"));
    }

    private static Set<OrderState> states(Map<String, String[]> parameters) {
        EnumSet<OrderState> states = EnumSet.noneOf(OrderState.class);
        for (String value : parameters.getOrDefault("state", new String[0])) {
            for (String name : value.split(",", -1)) {
                try {
                    states.add(OrderState.valueOf(name));
                } catch (IllegalArgumentException e) {
                    throw new InvalidParameterException(
                            "state", "'" + name + "' is none of " + Arrays.toString(OrderState.values()));
                }
            }
        }
        return states;
    }

    private static @Nullable String customer(Map<String, String[]> parameters) {
        String customer = single(parameters, "customer");
        if (customer != null && (customer.isBlank() || customer.length() > 64 || !customer.matches(Text.ONE_LINE))) {
            throw new InvalidParameterException(
                    "customer", "must be 1 to 64 characters, none of them a control character");
        }
        return customer;
    }

    private static OrderFilter.Sort sort(Map<String, String[]> parameters) {
        String wanted = single(parameters, "sort");
        if (wanted == null) {
            return OrderFilter.Sort.OLDEST;
        }
        return Arrays.stream(OrderFilter.Sort.values())
                .filter(sort -> sort.parameter().equals(wanted))
                .findFirst()
                .orElseThrow(() -> new InvalidParameterException(
                        "sort",
                        "must be one of "
                                + Arrays.stream(OrderFilter.Sort.values())
                                        .map(OrderFilter.Sort::parameter)
                                        .collect(Collectors.joining(", "))));
    }

    /** A date (its first moment, UTC) or a date and time with offset. */
    private static @Nullable Instant time(Map<String, String[]> parameters, String name) {
        String text = single(parameters, name);
        if (text == null) {
            return null;
        }
        try {
            OffsetDateTime time = text.indexOf('T') < 0
                    ? LocalDate.parse(text).atStartOfDay().atOffset(ZoneOffset.UTC)
                    : OffsetDateTime.parse(text.replace(' ', '+')); // an unescaped + arrives as a blank
            if (time.getYear() < 1 || time.getYear() > 9_999) {
                throw new DateTimeException("year");
            }
            return time.toInstant();
        } catch (DateTimeException e) {
            throw new InvalidParameterException(
                    name, "must be a date or a time with offset, as 2026-01-31 or 2026-01-31T10:00:00Z");
        }
    }

    private static int number(Map<String, String[]> parameters, String name, int normally, int least, int most) {
        String text = single(parameters, name);
        if (text == null) {
            return normally;
        }
        try {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new InvalidParameterException(name, "must be a number from " + least + " to " + most);
    }

    private static @Nullable String single(Map<String, String[]> parameters, String name) {
        String[] values = parameters.get(name);
        if (values != null && values.length > 1) {
            throw new InvalidParameterException(name, "may be given once");
        }
        return values == null ? null : values[0];
    }

    /** A query parameter that says nothing sensible. */
    static final class InvalidParameterException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final String parameter;

        InvalidParameterException(String parameter, String what) {
            super("parameter '" + parameter + "' " + what);
            this.parameter = parameter;
        }

        String parameter() {
            return parameter;
        }
    }
}
