/**
 * The order service: it places, follows and cancels orders, and is the one place where an order's end is decided
 * (docs/adr/0021-order-arbiter.md). This package only assembles the application.
 */
@NullMarked
package io.milena.orders;

import org.jspecify.annotations.NullMarked;
