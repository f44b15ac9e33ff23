/**
 * The inventory service: products, stock and reservations. It never promises what it has not got
 * (docs/adr/0021-order-arbiter.md). This package only assembles the application.
 */
@NullMarked
package io.milena.inventory;

import org.jspecify.annotations.NullMarked;
