/**
 * Where orders are decided and kept: one transaction per decision, on the thread of the caller (a REST request or a listener). The
 * order's row is the arbiter (docs/adr/0021-order-arbiter.md).
 */
@NullMarked
package io.milena.orders.desk;

import org.jspecify.annotations.NullMarked;
