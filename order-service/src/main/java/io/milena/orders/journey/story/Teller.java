package io.milena.orders.journey.story;

import io.milena.orders.journey.story.Journey.GivenUp;
import io.milena.orders.journey.story.Journey.Knowledge;
import io.milena.orders.journey.story.Journey.Outboxed;
import io.milena.orders.journey.story.Journey.Recorded;
import io.milena.orders.journey.story.Journey.Retried;
import io.milena.orders.journey.story.Journey.Standing;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Tells the journey from the facts. What the facts do not say is told as unknown. */
public final class Teller {

    private static final Comparator<Step> BY_TIME = Comparator.comparing(Step::recordedAt)
            .thenComparing(step -> step.place().offset());

    private static final Map<String, String> STANDINGS = Map.of(
            "stock.reserved.v1", "RESERVED",
            "stock.rejected.v1", "REJECTED",
            "stock.released.v1", "RELEASED",
            "stock.shipped.v1", "SHIPPED",
            "reservation.expired.v1", "EXPIRED",
            "shipment.prepared.v1", "PREPARED",
            "shipment.dispatched.v1", "DISPATCHED",
            "shipment.delivered.v1", "DELIVERED",
            "shipment.voided.v1", "VOIDED");

    private final Facts facts;
    private final Progress progress;

    private Teller(Facts facts) {
        this.facts = facts;
        this.progress = new Progress(facts);
    }

    /** The journey of one order. */
    public static Journey tell(Facts facts) {
        return new Teller(facts).journey();
    }

    private Journey journey() {
        List<Step> steps = facts.steps().stream().sorted(BY_TIME).toList();
        List<Step> business =
                steps.stream().filter(step -> step.deadLetter() == null).toList();
        List<Journey.Wait> waits = new Waits(facts, progress).all();
        return new Journey(
                facts.orderId(),
                facts.state(),
                facts.isTerminal() && waits.isEmpty(),
                ids(
                        facts.happenings().stream().map(Happening::correlationId),
                        steps.stream().map(Step::correlationId)),
                ids(
                        facts.happenings().stream().map(Happening::traceId),
                        steps.stream().map(Step::traceId)),
                facts.happenings(),
                facts.ownEvents().stream().map(Teller::outboxed).toList(),
                business.stream().map(this::recorded).toList(),
                standing(business, Readers.INVENTORY),
                standing(business, Readers.SHIPPING),
                retried(business),
                steps.stream()
                        .filter(step -> step.deadLetter() != null)
                        .map(this::givenUp)
                        .toList(),
                waits,
                knowledge());
    }

    private static Outboxed outboxed(OwnEvent event) {
        Place sentTo = event.sentTo();
        return new Outboxed(
                event.eventId(),
                event.type(),
                sentTo == null ? "WAITING" : "SENT",
                event.topic(),
                sentTo == null ? null : sentTo.partition(),
                sentTo == null ? null : sentTo.offset(),
                event.storedAt(),
                event.sentAt(),
                sentTo == null ? event.waitsBehind() : null);
    }

    private Recorded recorded(Step step) {
        return new Recorded(
                step.place().topic(),
                step.place().partition(),
                step.place().offset(),
                step.recordedAt(),
                step.eventId(),
                step.type(),
                step.source(),
                step.correlationId(),
                step.causationId(),
                step.traceId(),
                step.attempts(),
                step.data(),
                Readers.of(step.place().topic()).stream()
                        .map(group -> progress.of(group, step.eventId(), step.type(), step.place(), step.isHere()))
                        .toList());
    }

    /** The last word of a service about its part. */
    private static @Nullable Standing standing(List<Step> steps, String source) {
        return steps.stream()
                .filter(step -> source.equals(step.source()) && step.type() != null)
                .filter(step -> STANDINGS.containsKey(step.type()))
                .reduce((earlier, later) -> later)
                .map(step -> new Standing(
                        STANDINGS.getOrDefault(step.type(), ""),
                        step.recordedAt(),
                        step.data(),
                        step.place().topic(),
                        step.place().partition(),
                        step.place().offset()))
                .orElse(null);
    }

    private List<Retried> retried(List<Step> steps) {
        List<Retried> all = new ArrayList<>();
        for (Step step : steps) {
            if (step.attempts() > 1 && step.source() != null) {
                all.add(new Retried(step.source(), step.causationId(), step.attempts(), true, null, null));
            }
        }
        for (Retry retry : facts.retries()) {
            all.add(new Retried(
                    retry.group(), retry.eventId(), retry.attempts(), false, retry.reason(), retry.nextAt()));
        }
        return all;
    }

    private GivenUp givenUp(Step step) {
        Step.DeadLetter letter = Objects.requireNonNull(step.deadLetter());
        Place original = letter.original();
        return new GivenUp(
                step.place().topic(),
                step.place().partition(),
                step.place().offset(),
                step.recordedAt(),
                step.eventId(),
                step.type(),
                letter.group(),
                letter.reason(),
                step.attempts(),
                original == null ? null : original.topic(),
                original == null ? null : original.partition(),
                original == null ? null : original.offset(),
                progress.isDone(letter.group(), step.eventId()) ? "REDRIVEN" : "WAITING");
    }

    private Knowledge knowledge() {
        Broker broker = facts.broker();
        String word = broker.trouble() == null ? "ANSWERS" : broker.cluster() == null ? "SILENT" : "PARTLY";
        return new Knowledge(word, broker.trouble(), broker.askedAt(), progress.journeyLag());
    }

    private static List<String> ids(Stream<@Nullable String> happened, Stream<@Nullable String> read) {
        List<String> ids = new ArrayList<>();
        Stream.concat(happened, read).forEach(id -> {
            if (id != null && !ids.contains(id)) {
                ids.add(id);
            }
        });
        return ids;
    }
}
