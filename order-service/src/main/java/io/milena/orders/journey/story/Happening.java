package io.milena.orders.journey.story;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened to the order itself, by the word of its own row.
 *
 * @param what the state since, or DELIVERED
 * @param eventId the event that tells of it
 * @param causationId the event that caused it
 * @param method the REST call that caused it, null for an event
 */
public record Happening(
        long version,
        String what,
        @Nullable String reason,
        Instant at,
        @Nullable String eventId,
        @Nullable String correlationId,
        @Nullable String causationId,
        @Nullable String traceId,
        @Nullable String method,
        @Nullable String path,
        @Nullable String idempotencyKey) {}
