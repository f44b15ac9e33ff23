package io.milena.shipping.contract;

import io.milena.starter.event.EventType;

/** The order was cancelled, and nothing will leave for it. */
@EventType("shipment.voided.v1")
public record ShipmentVoided(String orderId, String shipmentId) {}
