package io.milena.shipping.shipment;

/** There is no such shipment. */
final class ShipmentNotFoundException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private ShipmentNotFoundException(String message) {
        super(message);
    }

    static ShipmentNotFoundException ofOrder(String orderId) {
        return new ShipmentNotFoundException("there is no shipment for order " + orderId);
    }

    static ShipmentNotFoundException withTrackingNumber(String trackingNumber) {
        return new ShipmentNotFoundException("there is no shipment with tracking number " + trackingNumber);
    }
}
