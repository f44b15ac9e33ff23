package io.milena.starter.deadletter;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An event that a group of this service has given up and that waits for somebody to decide.
 *
 * @param id names it in this service
 * @param group the group that gave up
 * @param eventId its {@code ce_id}; of a record that has none, its position
 * @param type its {@code ce_type}, null if it has none
 * @param topic where the original lies
 * @param partition where the original lies
 * @param offset where the original lies
 * @param key null if it has none
 * @param attempts made to handle it
 * @param exception class name of the innermost exception
 * @param reason one sentence on why
 * @param diedAt when it was given up
 */
public record DeadLetter(
        long id,
        String group,
        String eventId,
        @Nullable String type,
        String topic,
        int partition,
        long offset,
        @Nullable String key,
        int attempts,
        @Nullable String exception,
        @Nullable String reason,
        Instant diedAt) {}
