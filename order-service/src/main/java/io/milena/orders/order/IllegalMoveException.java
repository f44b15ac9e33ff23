package io.milena.orders.order;

/** An order cannot go from where it stands to where somebody wants it. */
public final class IllegalMoveException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final OrderState from;

    IllegalMoveException(String orderId, OrderState from, OrderState to) {
        super("order " + orderId + " is " + from + " and cannot become " + to);
        this.from = from;
    }

    public OrderState from() {
        return from;
    }
}
