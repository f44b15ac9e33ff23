package io.milena.orders.journey.story;

import io.milena.orders.journey.story.Journey.Reading;
import io.milena.orders.journey.story.Journey.Status;
import io.milena.orders.journey.story.Journey.Wait;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What has to happen next. */
final class Waits {

    /** Who owes the next word and what it may be, by the last event of the order itself. */
    private static final Map<String, Map<String, Set<String>>> ANSWERS = Map.of(
            "order.placed.v1", Map.of(Readers.INVENTORY, Set.of("stock.reserved.v1", "stock.rejected.v1")),
            "order.confirmed.v1", Map.of(Readers.SHIPPING, Set.of("shipment.prepared.v1")),
            "order.shipped.v1",
                    Map.of(
                            Readers.INVENTORY, Set.of("stock.shipped.v1"),
                            Readers.SHIPPING, Set.of("shipment.dispatched.v1")),
            "order.cancelled.v1",
                    Map.of(
                            Readers.INVENTORY, Set.of("stock.released.v1", "stock.rejected.v1"),
                            Readers.SHIPPING, Set.of("shipment.voided.v1")));

    /** Of an order at its end, the event that the others have still to follow. */
    private static final Map<String, String> LAST_EVENT =
            Map.of("SHIPPED", "order.shipped.v1", "CANCELLED", "order.cancelled.v1");

    /** An event and where it is. */
    private record Sent(String eventId, @Nullable String type, Place place) {}

    private final Facts facts;
    private final Progress progress;
    private final List<Wait> waits = new ArrayList<>();

    Waits(Facts facts, Progress progress) {
        this.facts = facts;
        this.progress = progress;
    }

    List<Wait> all() {
        outbox();
        deadLetters();
        retries();
        groups();
        answers();
        return List.copyOf(waits);
    }

    private void outbox() {
        for (OwnEvent event : facts.ownEvents()) {
            if (event.sentTo() == null) {
                String why = facts.broker().cluster() == null
                        ? "; the broker does not answer"
                        : event.waitsBehind() == 0 ? "" : "; " + event.waitsBehind() + " events are before it";
                add("OUTBOX", Readers.ORDERS, event.type() + " waits in the outbox" + why, event.type(), null);
            }
        }
    }

    private void deadLetters() {
        for (Step step : facts.steps()) {
            Step.DeadLetter letter = step.deadLetter();
            if (letter != null && !progress.isDone(letter.group(), step.eventId())) {
                String group = letter.group() == null ? "an unknown group" : letter.group();
                add(
                        "DEAD_LETTER",
                        group,
                        group + " has given up " + (step.type() == null ? "a record" : step.type())
                                + "; somebody has to redrive it: " + letter.reason(),
                        step.type(),
                        step.place());
            }
        }
    }

    private void retries() {
        for (Retry retry : facts.retries()) {
            String when = retry.nextAt() == null ? " behind another event of this order" : " at " + retry.nextAt();
            add(
                    "RETRY",
                    retry.group(),
                    retry.group() + " tries " + retry.place() + " again" + when + ": " + retry.reason(),
                    null,
                    retry.place());
        }
    }

    /** Of each partition the first record that a group has still to handle: the later ones wait for that one too. */
    private void groups() {
        Set<String> told = new HashSet<>();
        for (Sent sent : sent()) {
            for (String group : Readers.of(sent.place().topic())) {
                Reading reading = progress.of(group, sent.eventId(), sent.type(), sent.place(), true);
                boolean isOpen = reading.status() == Status.WAITING || reading.status() == Status.UNKNOWN;
                if (reading.concerned()
                        && isOpen
                        && told.add(group + " " + sent.place().lane())) {
                    waits.add(new Wait(
                            "GROUP",
                            group,
                            text(reading, sent),
                            sent.type(),
                            sent.place().topic(),
                            sent.place().partition(),
                            sent.place().offset(),
                            reading.lag(),
                            reading.running()));
                }
            }
        }
    }

    private static String text(Reading reading, Sent sent) {
        String record = sent.type() + " at " + sent.place();
        if (reading.status() == Status.UNKNOWN) {
            return "it is not known whether " + reading.group() + " has handled " + record
                    + ": the broker does not say";
        }
        Long records = reading.lag();
        String lag = records == null ? "" : ", " + counted(records) + " behind in that partition";
        String nobody = Boolean.FALSE.equals(reading.running()) ? "; nobody works in that group" : "";
        return reading.group() + " has not handled " + record + lag + nobody;
    }

    private static String counted(long count) {
        return count + (count == 1 ? " record" : " records");
    }

    /** Who has passed and yet has not answered; a group that is waited for anyway is told of once. */
    private void answers() {
        Set<String> told = new HashSet<>();
        waits.forEach(wait -> told.add(wait.on()));
        sent().stream()
                .filter(sent -> sent.type() != null && ANSWERS.containsKey(sent.type()))
                .reduce((earlier, later) -> later)
                .filter(last -> !facts.isTerminal() || isLastWord(last))
                .ifPresent(last -> new TreeMap<>(ANSWERS.getOrDefault(String.valueOf(last.type()), Map.of()))
                        .forEach((group, answers) -> {
                            if (!told.contains(group) && isOwed(last, group, answers)) {
                                answer(last, group);
                            }
                        }));
    }

    private boolean isLastWord(Sent sent) {
        return String.valueOf(sent.type()).equals(LAST_EVENT.get(facts.state()));
    }

    /** A cancellation is nothing to shipping where no shipment was ever asked for. */
    private boolean isOwed(Sent last, String group, Set<String> answers) {
        boolean isNothingToThem = "order.cancelled.v1".equals(last.type())
                && group.equals(Readers.SHIPPING)
                && facts.happenings().stream().noneMatch(happening -> "CONFIRMED".equals(happening.what()));
        return !isNothingToThem
                && !progress.isDone(group, last.eventId())
                && facts.steps().stream()
                        .noneMatch(step -> group.equals(step.source())
                                && step.type() != null
                                && answers.contains(step.type())
                                && step.deadLetter() == null);
    }

    private void answer(Sent last, String group) {
        String silent = facts.isTerminal() ? ", or a release that does not tell has handled it" : "";
        add(
                "ANSWER",
                group,
                group + " has taken " + last.type() + " at " + last.place()
                        + ", its answer is not seen yet: it is being handled, tried again, or on its way" + silent,
                last.type(),
                last.place());
    }

    /** What was read, and what was sent but not read by the journey yet. */
    private List<Sent> sent() {
        List<Sent> all = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        facts.steps().stream()
                .filter(step -> step.deadLetter() == null && seen.add(step.eventId()) && step.isHere())
                .forEach(step -> all.add(new Sent(step.eventId(), step.type(), step.place())));
        facts.ownEvents().stream()
                .filter(event -> event.sentTo() != null && seen.add(event.eventId()))
                .forEach(event ->
                        all.add(new Sent(event.eventId(), event.type(), Objects.requireNonNull(event.sentTo()))));
        all.sort(Comparator.<Sent, String>comparing(sent -> sent.place().topic())
                .thenComparing(sent -> sent.place().offset()));
        return all;
    }

    private void add(String kind, String on, String text, @Nullable String type, @Nullable Place place) {
        waits.add(new Wait(
                kind,
                on,
                text,
                type,
                place == null ? null : place.topic(),
                place == null ? null : place.partition(),
                place == null ? null : place.offset(),
                null,
                null));
    }
}
