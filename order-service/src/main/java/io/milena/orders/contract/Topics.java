package io.milena.orders.contract;

/** Topics, all keyed by order id, so that all events of one order in a topic keep their order. */
public final class Topics {

    /** What happens to orders; this service alone writes it. */
    public static final String ORDERS = "orders";

    /** What the inventory answers. */
    public static final String INVENTORY = "inventory";

    /** What shipping answers. */
    public static final String SHIPPING = "shipping";

    public static final int PARTITIONS = 3;

    private Topics() {}
}
