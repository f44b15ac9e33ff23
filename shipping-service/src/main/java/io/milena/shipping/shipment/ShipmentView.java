package io.milena.shipping.shipment;

import io.milena.shipping.label.Carrier;
import io.milena.shipping.label.Label;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A shipment as it is shown. */
record ShipmentView(
        String shipmentId,
        String orderId,
        ShipmentState state,
        int units,
        @Nullable String recipient,
        @Nullable String destination,
        @Nullable LabelView label,
        Instant preparedAt,
        Instant updatedAt) {

    /**
     * A label as it is shown.
     *
     * @param valid false once the shipment is void
     */
    record LabelView(Carrier carrier, String trackingNumber, long weightGrams, boolean valid) {}

    static ShipmentView of(Shipment shipment) {
        Label label = shipment.label();
        return new ShipmentView(
                shipment.shipmentId(),
                shipment.orderId(),
                shipment.state(),
                shipment.units(),
                shipment.recipient(),
                shipment.destination(),
                label == null
                        ? null
                        : new LabelView(
                                label.carrier(),
                                label.trackingNumber(),
                                label.weightGrams(),
                                shipment.state() != ShipmentState.VOIDED),
                shipment.preparedAt(),
                shipment.updatedAt());
    }
}
