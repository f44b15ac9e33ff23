package io.milena.starter.event;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the envelope says about an event. A {@code @KafkaHandler} method may take it as a further parameter.
 *
 * @param id unique among all events of its source; the same on every redelivery
 * @param type the logical type name
 * @param source the service that sent it
 * @param time when it happened, null if the sender did not say
 * @param key the record's key, null if it has none
 * @param correlationId the business conversation it belongs to; its own id if the sender named none
 * @param causationId the id of the event that caused it, null if none did
 */
public record EventInfo(
        String id,
        String type,
        String source,
        @Nullable Instant time,
        @Nullable String key,
        String correlationId,
        @Nullable String causationId) {

    /** An event that begins a conversation. */
    public EventInfo(String id, String type, String source, @Nullable Instant time, @Nullable String key) {
        this(id, type, source, time, key, id, null);
    }
}
