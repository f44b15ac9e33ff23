package io.milena.orders.contract;

import io.milena.starter.event.EventType;

/** A shipment is packed and waits for the word to leave. */
@EventType("shipment.prepared.v1")
public record ShipmentPrepared(String orderId, String shipmentId) {}
