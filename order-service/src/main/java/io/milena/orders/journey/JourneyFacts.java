package io.milena.orders.journey;

import io.milena.orders.contract.Topics;
import io.milena.orders.desk.Call;
import io.milena.orders.desk.OrderMove;
import io.milena.orders.desk.OrderMoves;
import io.milena.orders.desk.OrderNotFoundException;
import io.milena.orders.journey.story.Broker;
import io.milena.orders.journey.story.Facts;
import io.milena.orders.journey.story.Happening;
import io.milena.orders.journey.story.OwnEvent;
import io.milena.orders.journey.story.Place;
import io.milena.orders.journey.story.Readers;
import io.milena.orders.journey.story.Retry;
import io.milena.orders.journey.story.Step;
import io.milena.orders.order.OrderState;
import io.milena.starter.event.EventIdentity;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Gathers all that is known about one order: its own rows, the starter's tables in this service's database, what was read from the
 * topics, and the broker's word. A handful of look-ups by key, whatever the number of orders.
 */
@Component
class JourneyFacts {

    private final OrderMoves moves;
    private final JourneySteps steps;
    private final OutboxLook outbox;
    private final BrokerWatch broker;
    private final JdbcTemplate jdbc;

    JourneyFacts(OrderMoves moves, JourneySteps steps, OutboxLook outbox, BrokerWatch broker, JdbcTemplate jdbc) {
        this.moves = moves;
        this.steps = steps;
        this.outbox = outbox;
        this.broker = broker;
        this.jdbc = jdbc;
    }

    /**
     * The broker is asked first and everything else after it, so that nothing read later makes an earlier word wrong: a group that is
     * told to have passed a record has passed it.
     */
    Facts of(String orderId) {
        Broker word = broker.ask();
        List<OrderMove> history = moves.after(orderId, 0);
        if (history.isEmpty()) {
            throw new OrderNotFoundException(orderId);
        }
        OrderState state = history.get(history.size() - 1).state();
        List<Step> read = steps.of(orderId, word.cluster());
        Map<String, String> idsByKey = idsByKey(read);
        return new Facts(
                orderId,
                state.name(),
                state.isTerminal(),
                history.stream().map(JourneyFacts::happening).toList(),
                ownEvents(history, read),
                read,
                retries(orderId, idsByKey),
                handledHere(idsByKey),
                word);
    }

    private static Happening happening(OrderMove move) {
        Call call = move.call();
        return new Happening(
                move.version(),
                move.isDelivery() ? "DELIVERED" : move.state().name(),
                move.reason(),
                move.at(),
                move.eventId(),
                move.correlationId(),
                move.causationId(),
                move.traceId(),
                call == null ? null : call.method(),
                call == null ? null : call.path(),
                call == null ? null : call.idempotencyKey());
    }

    /** Events of this service: what was read from the topic is sent; the outbox is asked about the others. */
    private List<OwnEvent> ownEvents(List<OrderMove> history, List<Step> read) {
        Map<String, Step> byId = new HashMap<>();
        read.stream().filter(step -> step.deadLetter() == null).forEach(step -> byId.put(step.eventId(), step));
        List<OwnEvent> events = new ArrayList<>();
        Map<String, Instant> others = new HashMap<>();
        for (OrderMove move : history) {
            Step step = move.eventId() == null ? null : byId.get(move.eventId());
            if (step != null) {
                events.add(new OwnEvent(
                        step.eventId(),
                        String.valueOf(step.type()),
                        step.place().topic(),
                        move.at(),
                        0,
                        step.place(),
                        step.recordedAt()));
            } else if (move.eventId() != null) {
                others.put(move.eventId(), move.at());
            }
        }
        events.addAll(outbox.find(others, history.get(0).at()));
        return events;
    }

    /** The ids of what was read, by the names under which the starter's tables have them. */
    private static Map<String, String> idsByKey(List<Step> read) {
        Map<String, String> ids = new HashMap<>();
        read.stream()
                .filter(step -> !step.eventId().isEmpty())
                .forEach(step -> ids.put(EventIdentity.key(step.eventId(), step.source()), step.eventId()));
        return ids;
    }

    /** What the starter has parked, in the order in which it will be handled. */
    private List<Retry> retries(String orderId, Map<String, String> idsByKey) {
        return jdbc.query(
                "select event_id, topic, record_partition, record_offset, attempts, reason, due_at from parked_event where"
                        + " consumer = ? and topic in (?, ?) and lane = ? and not given_up order by id",
                (row, n) -> {
                    OffsetDateTime dueAt = row.getObject("due_at", OffsetDateTime.class);
                    return new Retry(
                            Readers.ORDERS,
                            idsByKey.getOrDefault(row.getString("event_id"), row.getString("event_id")),
                            new Place(
                                    row.getString("topic"),
                                    row.getInt("record_partition"),
                                    row.getLong("record_offset")),
                            row.getInt("attempts"),
                            row.getString("reason"),
                            dueAt == null ? null : dueAt.toInstant());
                },
                Readers.ORDERS,
                Topics.INVENTORY,
                Topics.SHIPPING,
                orderId);
    }

    /** Of what was read for this service, what its inbox knows. */
    private Set<String> handledHere(Map<String, String> idsByKey) {
        if (idsByKey.isEmpty()) {
            return Set.of();
        }
        List<Object> params = new ArrayList<>();
        params.add(Readers.ORDERS);
        params.addAll(idsByKey.keySet());
        return new HashSet<>(jdbc.query(
                "select event_id from processed_event where consumer = ? and event_id in ("
                        + String.join(", ", Collections.nCopies(idsByKey.size(), "?")) + ")",
                (row, n) -> idsByKey.getOrDefault(row.getString("event_id"), ""),
                params.toArray()));
    }
}
