package io.milena.shipping.shipment;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One parcel for one order. Immutable. */
record Shipment(
        String shipmentId,
        String orderId,
        ShipmentState state,
        int units,
        @Nullable String recipient,
        @Nullable String destination,
        Instant preparedAt,
        Instant updatedAt) {

    Shipment dispatch(Instant now) {
        if (state != ShipmentState.PREPARED) {
            throw new IllegalStateException("shipment " + shipmentId + " is " + state + " and cannot leave");
        }
        return moved(ShipmentState.DISPATCHED, now);
    }

    Shipment makeVoid(Instant now) {
        if (state == ShipmentState.DISPATCHED) {
            throw new IllegalStateException("shipment " + shipmentId + " has left and cannot be void");
        }
        return moved(ShipmentState.VOIDED, now);
    }

    private Shipment moved(ShipmentState next, Instant now) {
        return new Shipment(shipmentId, orderId, next, units, recipient, destination, preparedAt, now);
    }
}
