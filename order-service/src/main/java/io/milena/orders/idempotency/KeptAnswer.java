package io.milena.orders.idempotency;

import java.time.Instant;

/**
 * The answer to a request.
 *
 * @param fingerprint a hash of what the request asked for
 * @param body the JSON text
 */
record KeptAnswer(String fingerprint, int status, String orderId, long orderVersion, String body, Instant expiresAt) {}
