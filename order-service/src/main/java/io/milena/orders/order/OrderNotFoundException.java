package io.milena.orders.order;

/** There is no such order. */
final class OrderNotFoundException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    OrderNotFoundException(String orderId) {
        super("there is no order " + orderId);
    }
}
