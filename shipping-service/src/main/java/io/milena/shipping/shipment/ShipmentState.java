package io.milena.shipping.shipment;

/** {@code PREPARED} ends as {@code DISPATCHED} or {@code VOIDED}; both are ends. */
enum ShipmentState {
    /** Packed, waiting for the word to leave. */
    PREPARED,
    /** Left the house. */
    DISPATCHED,
    /** The order was cancelled first. */
    VOIDED
}
