package io.milena.orders.journey.story;

import java.util.List;
import java.util.Set;

/**
 * All that is known about one order.
 *
 * @param happenings by version
 * @param ownEvents what is or was in this service's outbox
 * @param steps what was read from the topics
 * @param retries what this service will try again
 * @param handledHere ids of events that this service's inbox knows as handled
 */
public record Facts(
        String orderId,
        String state,
        boolean isTerminal,
        List<Happening> happenings,
        List<OwnEvent> ownEvents,
        List<Step> steps,
        List<Retry> retries,
        Set<String> handledHere,
        Broker broker) {

    public Facts {
        happenings = List.copyOf(happenings);
        ownEvents = List.copyOf(ownEvents);
        steps = List.copyOf(steps);
        retries = List.copyOf(retries);
        handledHere = Set.copyOf(handledHere);
    }
}
