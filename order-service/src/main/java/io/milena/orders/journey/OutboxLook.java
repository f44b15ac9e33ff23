package io.milena.orders.journey;

import io.milena.orders.journey.story.OwnEvent;
import io.milena.orders.journey.story.Place;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Looks for events in the starter's outbox tables. They are not indexed by event, so that the flow does not pay for what few ask
 * (docs/adr/0103-harder-faults.md): only events that the journey has not read yet are looked for, sent ones from the time of the oldest on, and waiting
 * ones, in a long backlog, where events of their time stand. Only what is nowhere costs a walk over all.
 */
@Component
class OutboxLook {

    private static final int COUNTED = 10_000;
    private static final int LONG = 10_000;
    /** By which the order of ids and of times may differ: clocks of instances, and how long a transaction takes. */
    private static final Duration SLACK = Duration.ofMinutes(1);

    private final JdbcTemplate jdbc;

    OutboxLook(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** From an id to another, both included. */
    private record Range(long from, long to) {
        private static final Range ALL = new Range(0, Long.MAX_VALUE);
    }

    /**
     * Waiting ones are looked for before sent ones: one that is sent meanwhile is told as waiting a last time, and is not missed.
     *
     * @param events ids, and when they happened
     * @param since no event is older
     */
    List<OwnEvent> find(Map<String, Instant> events, Instant since) {
        if (events.isEmpty()) {
            return List.of();
        }
        Map<String, OwnEvent> found = new LinkedHashMap<>();
        Range likely = likely(events.values());
        look(events.keySet(), likely, since, found);
        if (!likely.equals(Range.ALL) && !found.keySet().containsAll(events.keySet())) {
            look(events.keySet(), Range.ALL, since, found);
        }
        return List.copyOf(found.values());
    }

    private void look(Collection<String> events, Range range, Instant since, Map<String, OwnEvent> found) {
        List<Object> missing = new ArrayList<>(
                events.stream().filter(id -> !found.containsKey(id)).toList());
        String marks = " in (" + String.join(", ", Collections.nCopies(missing.size(), "?")) + ")";
        List<Object> params = new ArrayList<>(List.of(range.from(), range.to()));
        params.addAll(missing);
        List<OwnEvent> waiting = jdbc.query(
                "select id, event_id, event_type, topic, occurred_at from outbox_event where id between ? and ? and event_id"
                        + marks + " order by id",
                (row, n) -> waiting(row),
                params.toArray());
        params = new ArrayList<>(List.of(since.atOffset(ZoneOffset.UTC)));
        params.addAll(missing);
        List<OwnEvent> sent = jdbc.query(
                "select event_id, event_type, topic, record_partition, record_offset, sent_at from outbox_sent where"
                        + " sent_at >= ? and event_id" + marks + " order by id",
                (row, n) -> sent(row),
                params.toArray());
        Map<String, OwnEvent> all = new LinkedHashMap<>();
        sent.forEach(event -> all.put(event.eventId(), event));
        waiting.forEach(event -> {
            all.remove(event.eventId());
            all.put(event.eventId(), event);
        });
        found.putAll(all);
    }

    /** Where in a long backlog events of these times stand, by halving: ids grow with time, give or take. */
    private Range likely(Collection<Instant> times) {
        Range whole = jdbc.queryForObject(
                "select coalesce(min(id), 0), coalesce(max(id), 0) from outbox_event",
                (row, n) -> new Range(row.getLong(1), row.getLong(2)));
        if (whole == null || whole.to() - whole.from() < LONG) {
            return Range.ALL;
        }
        return new Range(
                firstSince(Collections.min(times).minus(SLACK), whole),
                firstSince(Collections.max(times).plus(SLACK), whole));
    }

    private long firstSince(Instant time, Range range) {
        long from = range.from();
        long to = range.to();
        while (from < to) {
            long middle = from + (to - from) / 2;
            List<Instant> there = jdbc.query(
                    "select occurred_at from outbox_event where id >= ? order by id fetch first 1 row only",
                    (row, n) ->
                            row.getObject("occurred_at", OffsetDateTime.class).toInstant(),
                    middle);
            if (there.isEmpty() || !there.get(0).isBefore(time)) {
                to = middle;
            } else {
                from = middle + 1;
            }
        }
        return from;
    }

    private OwnEvent waiting(ResultSet row) throws SQLException {
        Long before = jdbc.queryForObject(
                "select count(*) from (select id from outbox_event where id < ? fetch first " + COUNTED
                        + " rows only) as earlier",
                Long.class,
                row.getLong("id"));
        return new OwnEvent(
                row.getString("event_id"),
                row.getString("event_type"),
                row.getString("topic"),
                time(row, "occurred_at"),
                before == null ? 0 : before,
                null,
                null);
    }

    private static OwnEvent sent(ResultSet row) throws SQLException {
        return new OwnEvent(
                row.getString("event_id"),
                row.getString("event_type"),
                row.getString("topic"),
                null,
                0,
                new Place(row.getString("topic"), row.getInt("record_partition"), row.getLong("record_offset")),
                time(row, "sent_at"));
    }

    private static @Nullable Instant time(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }
}
