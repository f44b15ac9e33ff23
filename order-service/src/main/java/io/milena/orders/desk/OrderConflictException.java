package io.milena.orders.desk;

/** The id belongs to an order with other content. */
public final class OrderConflictException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    OrderConflictException(String orderId) {
        super("order " + orderId + " exists with other content");
    }
}
