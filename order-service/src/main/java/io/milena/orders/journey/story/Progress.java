package io.milena.orders.journey.story;

import io.milena.orders.journey.story.Journey.Reading;
import io.milena.orders.journey.story.Journey.Status;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How far each group is with each event of the order: by proof if there is any, else by its offset, else unknown. */
final class Progress {

    /** Group and id of an event whose effect is seen. */
    private record Handled(String group, String eventId) {}

    private final Facts facts;
    private final Set<Handled> handled = new HashSet<>();

    Progress(Facts facts) {
        this.facts = facts;
        for (Step step : facts.steps()) {
            if (step.source() != null && step.causationId() != null) {
                handled.add(new Handled(step.source(), step.causationId()));
            }
        }
        for (Happening happening : facts.happenings()) {
            if (happening.causationId() != null) {
                handled.add(new Handled(Readers.ORDERS, happening.causationId()));
            }
        }
        facts.handledHere().forEach(eventId -> handled.add(new Handled(Readers.ORDERS, eventId)));
    }

    /** Whether an effect of a group on an event is seen. */
    boolean isDone(@Nullable String group, String eventId) {
        return group != null && handled.contains(new Handled(group, eventId));
    }

    /** @param isHere whether the broker that is asked has the record */
    Reading of(String group, String eventId, @Nullable String type, Place place, boolean isHere) {
        return new Reading(
                group,
                status(group, eventId, place, isHere),
                Readers.actsOn(group, type),
                facts.broker().lag(group, place.lane()),
                facts.broker().isRunning(group));
    }

    private Status status(String group, String eventId, Place place, boolean isHere) {
        if (isDone(group, eventId)) {
            return Status.HANDLED;
        }
        if (facts.retries().stream()
                .anyMatch(
                        retry -> retry.group().equals(group) && retry.eventId().equals(eventId))) {
            return Status.RETRYING;
        }
        Long committed = isHere ? facts.broker().committed(group, place.lane()) : null;
        if (committed == null) {
            return Status.UNKNOWN;
        }
        return committed > place.offset() ? Status.PASSED : Status.WAITING;
    }

    /** Records of the business topics that the journey has still to read, null if that is not known. */
    @Nullable
    Long journeyLag() {
        long sum = 0;
        for (Place.Lane lane : facts.broker().ends().keySet()) {
            Long lag = facts.broker().lag(Readers.JOURNEY, lane);
            if (lag == null) {
                return null;
            }
            sum += lag;
        }
        return facts.broker().ends().isEmpty() ? null : sum;
    }
}
