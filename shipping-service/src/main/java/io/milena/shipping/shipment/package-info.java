/**
 * Shipments. {@code Shipment} and {@code ShipmentState} are pure; {@code Dock} runs one transaction per decision on the caller's
 * thread; controller and listener only translate.
 */
@NullMarked
package io.milena.shipping.shipment;

import org.jspecify.annotations.NullMarked;
