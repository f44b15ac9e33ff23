/**
 * Products, stock, reservations. {@code StockLevel}, {@code Reservation} and {@code ReservationDecision} are pure arithmetic;
 * {@code Warehouse} runs one transaction per decision on the caller's thread; controller and listener only translate.
 */
@NullMarked
package io.milena.inventory.stock;

import org.jspecify.annotations.NullMarked;
