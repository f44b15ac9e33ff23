package io.milena.shipping.contract;

import io.milena.starter.event.EventType;

/** The goods have left. */
@EventType("shipment.dispatched.v1")
public record ShipmentDispatched(String orderId, String shipmentId) {}
