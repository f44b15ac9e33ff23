package io.milena.orders.journey;

import io.milena.orders.journey.story.OwnEvent;
import io.milena.orders.journey.story.Place;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Looks for events in the starter's outbox tables. They are not indexed by event, so that the flow does not pay for what few ask: only
 * events that the journey has not read yet are looked for, and sent ones only from the time of the oldest on.
 */
@Component
class OutboxLook {

    private static final int COUNTED = 10_000;

    private final JdbcTemplate jdbc;

    OutboxLook(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Waiting ones are looked for before sent ones: one that is sent meanwhile is told as waiting a last time, and is not missed.
     *
     * @param since no event is older
     */
    List<OwnEvent> find(Collection<String> eventIds, Instant since) {
        if (eventIds.isEmpty()) {
            return List.of();
        }
        String marks = " in (" + String.join(", ", Collections.nCopies(eventIds.size(), "?")) + ")";
        List<OwnEvent> waiting = jdbc.query(
                "select id, event_id, event_type, topic, occurred_at from outbox_event where event_id" + marks
                        + " order by id",
                (row, n) -> waiting(row),
                eventIds.toArray());
        Set<String> stillToFind = new HashSet<>(eventIds);
        waiting.forEach(event -> stillToFind.remove(event.eventId()));
        List<Object> params = new ArrayList<>(List.of(since.atOffset(ZoneOffset.UTC)));
        params.addAll(eventIds);
        List<OwnEvent> all = new ArrayList<>(jdbc.query(
                "select event_id, event_type, topic, record_partition, record_offset, sent_at from outbox_sent where"
                        + " sent_at >= ? and event_id" + marks + " order by id",
                (row, n) -> sent(row),
                params.toArray()));
        all.removeIf(event -> !stillToFind.contains(event.eventId()));
        all.addAll(waiting);
        return all;
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
