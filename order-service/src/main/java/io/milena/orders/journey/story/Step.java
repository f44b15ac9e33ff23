package io.milena.orders.journey.story;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A record about an order that was read from a topic.
 *
 * @param isHere whether it is in the cluster that is asked, whose offsets say something about it
 * @param eventId empty for a record that is no event
 * @param data what the event says, as far as it is text
 * @param attempts how many attempts the handler needed that caused it
 * @param deadLetter why it is where it is, null for a record of a business topic
 */
public record Step(
        Place place,
        boolean isHere,
        Instant recordedAt,
        String eventId,
        @Nullable String type,
        @Nullable String source,
        @Nullable String correlationId,
        @Nullable String causationId,
        @Nullable String traceId,
        int attempts,
        Map<String, String> data,
        @Nullable DeadLetter deadLetter) {

    public Step {
        data = Map.copyOf(data);
    }

    /**
     * @param group who gave up
     * @param original where the record was, null if the dead letter does not say
     */
    public record DeadLetter(
            @Nullable String group,
            @Nullable String reason,
            @Nullable Place original) {}
}
