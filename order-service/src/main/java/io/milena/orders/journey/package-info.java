/**
 * The journey of an order: what was asked, stored, sent, read, answered, retried and given up, and what it waits for, in one view. One
 * thread of group {@code order-journey} copies what topics say about orders into a table, in batches; views are put together on the
 * request's thread from that table, the order's own rows and the broker's word on who has read how far.
 */
@NullMarked
package io.milena.orders.journey;

import org.jspecify.annotations.NullMarked;
