package io.milena.orders.desk;

/** There is no such order. */
public final class OrderNotFoundException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public OrderNotFoundException(String orderId) {
        super("there is no order " + orderId);
    }
}
