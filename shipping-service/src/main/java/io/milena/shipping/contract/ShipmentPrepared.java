package io.milena.shipping.contract;

import io.milena.starter.event.EventType;

/** The goods are packed and wait for the word to leave. */
@EventType("shipment.prepared.v1")
public record ShipmentPrepared(String orderId, String shipmentId) {}
