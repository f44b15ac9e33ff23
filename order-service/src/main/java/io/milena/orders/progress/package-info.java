/**
 * The progress of orders as server-sent events. What is sent is read from the database, so it does not matter which instance a client
 * is connected to. One timer thread serves all streams of an instance: what an order has to say in its life fits into a socket's buffer
 * many times over, so a client that does not read never holds it up.
 */
@NullMarked
package io.milena.orders.progress;

import org.jspecify.annotations.NullMarked;
