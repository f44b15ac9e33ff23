package io.milena.orders.desk;

import java.util.regex.Pattern;

/** What an order may be called. */
public final class OrderIds {

    public static final String PATTERN = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}";
    private static final Pattern COMPILED = Pattern.compile(PATTERN);

    private OrderIds() {}

    /** @throws OrderNotFoundException if no order can be called so */
    public static String checked(String orderId) {
        if (!COMPILED.matcher(orderId).matches()) {
            throw new OrderNotFoundException("of that name");
        }
        return orderId;
    }
}
