/**
 * Wiring: a node of any role put together from the rooms, started and stopped in the right order. The only package of the broker that
 * knows the controller. Holds no logic of its own.
 */
@NullMarked
package io.milena.broker.node;

import org.jspecify.annotations.NullMarked;
