package io.milena.orders.contract;

import io.milena.starter.event.EventType;

/** The customer has the goods. */
@EventType("shipment.delivered.v1")
public record ShipmentDelivered(String orderId, String shipmentId) {}
