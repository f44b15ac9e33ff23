/**
 * Products, stock, reservations. The arithmetic is in {@code ledger};
 * {@code Warehouse} and {@code Assortment} run one transaction per decision on the caller's thread; controller and listener only translate.
 */
@NullMarked
package io.milena.inventory.stock;

import org.jspecify.annotations.NullMarked;
