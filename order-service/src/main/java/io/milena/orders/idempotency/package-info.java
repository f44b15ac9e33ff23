/**
 * Requests that may be sent again: the answer to a POST is kept under its {@code Idempotency-Key}, in the transaction of what the
 * request did. After the IETF's draft-ietf-httpapi-idempotency-key-header. Runs on the request's thread; one timer forgets expired keys.
 */
@NullMarked
package io.milena.orders.idempotency;

import org.jspecify.annotations.NullMarked;
