/**
 * A failing event waits in the database, the later events of its key behind it, and nobody else waits (docs/adr/0024-ordered-retry.md).
 * {@link io.milena.starter.retry.ParkedEvents} runs on the listener's thread and in its transactions, {@link
 * io.milena.starter.retry.Retrier} on threads of its own. Knows nothing of listeners: what handles an event is handed in.
 */
@NullMarked
package io.milena.starter.retry;

import org.jspecify.annotations.NullMarked;
