package io.milena.shipping.contract;

import io.milena.starter.event.EventType;
import org.jspecify.annotations.Nullable;

/**
 * The goods have left.
 *
 * @param carrier who took them; added after the first events were sent
 * @param trackingNumber under which the carrier knows them; added with the carrier
 */
@EventType("shipment.dispatched.v1")
public record ShipmentDispatched(
        String orderId,
        String shipmentId,
        @Nullable String carrier,
        @Nullable String trackingNumber) {}
