package io.milena.shipping.shipment;

/** A shipment cannot go from where it is to where somebody wants it. */
final class IllegalMoveException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final ShipmentState from;

    IllegalMoveException(Shipment shipment, ShipmentState to) {
        super("the shipment of order " + shipment.orderId() + " is " + shipment.state() + " and cannot become " + to
                + (shipment.state() == ShipmentState.PREPARED
                        ? ": the order service has not said that the order is shipped"
                        : ""));
        this.from = shipment.state();
    }

    ShipmentState from() {
        return from;
    }
}
