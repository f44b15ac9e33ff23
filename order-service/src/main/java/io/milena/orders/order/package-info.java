/**
 * An order: what it is, the states it may be in and the moves between them. Pure values; nothing here knows a framework, a
 * database or a clock ({@code RoomsTest} keeps it so).
 */
@NullMarked
package io.milena.orders.order;

import org.jspecify.annotations.NullMarked;
