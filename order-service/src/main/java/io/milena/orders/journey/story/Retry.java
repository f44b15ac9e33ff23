package io.milena.orders.journey.story;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An event that this service could not handle yet and will try again.
 *
 * @param nextAt null while another event of the same order is before it
 */
public record Retry(
        String group,
        String eventId,
        Place place,
        int attempts,
        @Nullable String reason,
        @Nullable Instant nextAt) {}
