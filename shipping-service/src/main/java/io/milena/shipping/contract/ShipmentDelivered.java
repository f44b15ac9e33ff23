package io.milena.shipping.contract;

import io.milena.starter.event.EventType;

/** The goods are with the customer. */
@EventType("shipment.delivered.v1")
public record ShipmentDelivered(String orderId, String shipmentId) {}
