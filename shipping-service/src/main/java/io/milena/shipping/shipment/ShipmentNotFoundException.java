package io.milena.shipping.shipment;

/** There is no shipment for the order. */
final class ShipmentNotFoundException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ShipmentNotFoundException(String orderId) {
        super("there is no shipment for order " + orderId);
    }
}
