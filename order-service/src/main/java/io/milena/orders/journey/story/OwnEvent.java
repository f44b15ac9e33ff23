package io.milena.orders.journey.story;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An event of this service in its outbox.
 *
 * @param waitsBehind how many events are before it, of those that wait
 * @param sentTo where it was acknowledged, null while it waits
 * @param sentAt when it was acknowledged; once it was read from the topic, when it was appended
 */
public record OwnEvent(
        String eventId,
        String type,
        String topic,
        @Nullable Instant storedAt,
        long waitsBehind,
        @Nullable Place sentTo,
        @Nullable Instant sentAt) {}
