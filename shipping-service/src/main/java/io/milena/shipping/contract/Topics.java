package io.milena.shipping.contract;

/** Topics, all keyed by order id. */
public final class Topics {

    /** What happens to orders; we follow it. */
    public static final String ORDERS = "orders";

    /** What we answer. */
    public static final String SHIPPING = "shipping";

    public static final int PARTITIONS = 3;

    private Topics() {}
}
