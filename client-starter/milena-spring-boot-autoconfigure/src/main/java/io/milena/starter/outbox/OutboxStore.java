package io.milena.starter.outbox;

import io.milena.starter.event.EventHeaders;
import io.milena.starter.event.EventInfo;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcOperations;

/** The tables, in SQL that H2 and PostgreSQL both speak. Joins the caller's transaction. */
final class OutboxStore {

    private final JdbcOperations jdbc;

    OutboxStore(JdbcOperations jdbc) {
        this.jdbc = jdbc;
    }

    void insert(String topic, String key, EventInfo info, Instant time, Map<String, String> headers, String payload) {
        jdbc.update(
                "insert into outbox_event (event_id, topic, record_key, event_type, source, occurred_at, headers,"
                        + " payload) values (?, ?, ?, ?, ?, ?, ?, ?)",
                info.id(),
                topic,
                key,
                info.type(),
                info.source(),
                utc(time),
                StoredHeaders.write(info, headers),
                payload);
    }

    /** Makes sure there is a row to lock. */
    void createLock() {
        if (jdbc.queryForList("select name from outbox_lock where name = 'relay'")
                .isEmpty()) {
            try {
                jdbc.update("insert into outbox_lock (name) values ('relay')");
            } catch (DuplicateKeyException anotherInstanceWasFaster) {
                // the row is there, which is all we want
            }
        }
    }

    /** Takes the relay's lock until the transaction ends; false if another instance has it. */
    boolean tryLock() {
        return !jdbc.queryForList("select name from outbox_lock where name = 'relay' for update skip locked")
                .isEmpty();
    }

    List<OutboxEntry> page(long afterId, int size) {
        return jdbc.query(
                "select id, event_id, topic, record_key, event_type, source, occurred_at, headers, payload from"
                        + " outbox_event where id > ? order by id fetch first " + size + " rows only",
                (row, n) -> entry(row),
                afterId);
    }

    void recordSent(List<SentEvent> sent, boolean keep, Instant now) {
        if (keep) {
            OffsetDateTime sentAt = utc(now);
            jdbc.batchUpdate(
                    "insert into outbox_sent (id, event_id, topic, record_key, event_type, record_partition,"
                            + " record_offset, sent_at) values (?, ?, ?, ?, ?, ?, ?, ?)",
                    sent,
                    sent.size(),
                    (statement, event) -> {
                        OutboxEntry entry = event.entry();
                        statement.setLong(1, entry.id());
                        statement.setString(2, entry.info().id());
                        statement.setString(3, entry.topic());
                        statement.setString(4, entry.key());
                        statement.setString(5, entry.info().type());
                        statement.setInt(6, event.partition());
                        statement.setLong(7, event.offset());
                        statement.setObject(8, sentAt);
                    });
        }
        jdbc.batchUpdate(
                "delete from outbox_event where id = ?",
                sent,
                sent.size(),
                (statement, event) -> statement.setLong(1, event.entry().id()));
    }

    int purgeSent(Instant before, int limit) {
        return jdbc.update(
                "delete from outbox_sent where id in (select id from outbox_sent where sent_at < ? order by id"
                        + " fetch first " + limit + " rows only)",
                utc(before));
    }

    long pending() {
        Long count = jdbc.queryForObject("select count(*) from outbox_event", Long.class);
        return count == null ? 0 : count;
    }

    Optional<Instant> oldest() {
        return jdbc
                .query(
                        "select occurred_at from outbox_event order by id fetch first 1 row only",
                        (row, n) -> row.getObject(1, OffsetDateTime.class).toInstant())
                .stream()
                .findFirst();
    }

    private static OutboxEntry entry(ResultSet row) throws SQLException {
        String key = row.getString("record_key");
        Map<String, String> headers = StoredHeaders.read(row.getString("headers"));
        String correlation = headers.remove(EventHeaders.CORRELATION_ID);
        String eventId = row.getString("event_id");
        EventInfo info = new EventInfo(
                eventId,
                row.getString("event_type"),
                row.getString("source"),
                row.getObject("occurred_at", OffsetDateTime.class).toInstant(),
                key,
                correlation == null ? eventId : correlation,
                headers.remove(EventHeaders.CAUSATION_ID));
        return new OutboxEntry(row.getLong("id"), row.getString("topic"), key, info, headers, row.getString("payload"));
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
