/**
 * The arithmetic of stock: what a level is, which moves it knows, how an order is decided. Pure functions of immutable values, any thread;
 * nothing here knows a framework or a database.
 */
@NullMarked
package io.milena.inventory.ledger;

import org.jspecify.annotations.NullMarked;
