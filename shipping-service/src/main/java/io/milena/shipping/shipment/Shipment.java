package io.milena.shipping.shipment;

import io.milena.shipping.label.Label;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One parcel for one order. Immutable.
 *
 * @param label null if the order was cancelled before there was anything to label, or the shipment is older than labels
 */
record Shipment(
        String shipmentId,
        String orderId,
        ShipmentState state,
        int units,
        @Nullable String recipient,
        @Nullable String destination,
        @Nullable Label label,
        Instant preparedAt,
        Instant updatedAt) {

    /** The same shipment elsewhere; itself if it is there already. */
    Shipment moved(ShipmentState next, Instant now) {
        if (state == next) {
            return this;
        }
        if (!state.mayBecome(next)) {
            throw new IllegalMoveException(this, next);
        }
        return new Shipment(shipmentId, orderId, next, units, recipient, destination, label, preparedAt, now);
    }
}
