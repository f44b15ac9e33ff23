/**
 * The shipping service: one shipment per confirmed order, packed at once, dispatched on the word of the order service
 * (docs/adr/0021-order-arbiter.md). This package only assembles the application.
 */
@NullMarked
package io.milena.shipping;

import org.jspecify.annotations.NullMarked;
