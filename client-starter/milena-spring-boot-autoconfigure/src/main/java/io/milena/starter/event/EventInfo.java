package io.milena.starter.event;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the envelope says about an event. A {@code @KafkaHandler} method may take it as a further parameter.
 *
 * @param id unique among all events; the same on every redelivery
 * @param type the logical type name
 * @param source the service that sent it
 * @param time when it happened, null if the sender did not say
 * @param key the record's key, null if it has none
 */
public record EventInfo(
        String id,
        String type,
        String source,
        @Nullable Instant time,
        @Nullable String key) {}
