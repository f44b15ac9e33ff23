/**
 * Events leave through a table: stored in the transaction of the business data, published afterwards in order per key
 * (docs/adr/0020-outbox.md). {@link io.milena.starter.outbox.Outbox} runs on the caller's thread and transaction, the relay on
 * one thread of its own.
 */
@NullMarked
package io.milena.starter.outbox;

import org.jspecify.annotations.NullMarked;
