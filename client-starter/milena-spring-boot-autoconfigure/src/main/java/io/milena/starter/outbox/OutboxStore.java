package io.milena.starter.outbox;

import io.milena.starter.event.EventHeaders;
import io.milena.starter.event.EventInfo;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcOperations;

/** The tables, in SQL that H2 and PostgreSQL both speak. Joins the caller's transaction. */
final class OutboxStore {

    private final JdbcOperations jdbc;
    private volatile @Nullable Boolean postgres;

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

    /**
     * Takes the relay's lock until the transaction ends; false if another instance has it.
     *
     * @param longestSilence after which PostgreSQL takes the lock away: the session of a machine that is gone would keep it for hours
     */
    boolean tryLock(Duration longestSilence) {
        String limit = isPostgres()
                ? ", set_config('idle_in_transaction_session_timeout', '" + longestSilence.toMillis() + "', true)"
                : "";
        return !jdbc.queryForList(
                        "select name" + limit + " from outbox_lock where name = 'relay' for update skip locked")
                .isEmpty();
    }

    private boolean isPostgres() {
        Boolean known = postgres;
        if (known == null) {
            known = jdbc.execute((ConnectionCallback<Boolean>) connection ->
                    connection.getMetaData().getDatabaseProductName().equals("PostgreSQL"));
            postgres = known;
        }
        return Boolean.TRUE.equals(known);
    }

    /** The id of the newest entry; 0 if none waits. */
    long lastId() {
        Long last = jdbc.queryForObject("select max(id) from outbox_event", Long.class);
        return last == null ? 0 : last;
    }

    /** Whether statements of this thread belong to a transaction of this database, and not to one of another resource. */
    boolean isInTransaction() {
        return Boolean.FALSE.equals(jdbc.execute((ConnectionCallback<Boolean>) Connection::getAutoCommit));
    }

    /**
     * The next entries up to an id, the oldest first: at least one if there is any. The bound is not in the statement: PostgreSQL takes a range with
     * two ends for a small one, as long as it has no statistics, and would sort the whole backlog for each page.
     *
     * @param characters bound on what their payloads take together, beyond the first
     * @param skippedTopics whose entries are passed by
     */
    List<OutboxEntry> page(long afterId, long lastId, int size, long characters, Set<String> skippedTopics) {
        List<Object> arguments = new ArrayList<>();
        arguments.add(afterId);
        arguments.addAll(skippedTopics);
        String where = " from outbox_event where id > ?"
                + (skippedTopics.isEmpty()
                        ? ""
                        : " and topic not in (" + String.join(", ", Collections.nCopies(skippedTopics.size(), "?"))
                                + ")")
                + " order by id fetch first ";
        int rows = fitting(where, arguments, size, characters);
        return jdbc
                .query(
                        "select id, event_id, topic, record_key, event_type, source, occurred_at, headers, payload"
                                + where + rows + " rows only",
                        (row, n) -> entry(row),
                        arguments.toArray())
                .stream()
                .takeWhile(entry -> entry.id() <= lastId)
                .toList();
    }

    /** The databases would gladly bring a page of any weight into memory: so its weight is asked for first. */
    private int fitting(String where, List<Object> arguments, int size, long characters) {
        for (int rows = size; rows > 1; rows = rows / 4) {
            Long weight = jdbc.queryForObject(
                    "select sum(weight) from (select char_length(payload) as weight" + where + rows
                            + " rows only) as page",
                    Long.class,
                    arguments.toArray());
            if (weight == null || weight <= characters) {
                return rows;
            }
        }
        return 1;
    }

    /** Two statements, however many events: a round trip for each row was what limited the relay. */
    void recordSent(List<SentEvent> sent, boolean keep, Instant now) {
        if (keep) {
            jdbc.update(
                    "insert into outbox_sent (id, event_id, topic, record_key, event_type, record_partition, record_offset,"
                            + " sent_at) select e.id, e.event_id, e.topic, e.record_key, e.event_type, s.record_partition,"
                            + " s.record_offset, cast(? as timestamp with time zone) from unnest(cast(? as bigint array),"
                            + " cast(? as integer array), cast(? as bigint array)) as s (id, record_partition,"
                            + " record_offset) join outbox_event e on e.id = s.id",
                    statement -> {
                        statement.setObject(1, utc(now));
                        statement.setArray(
                                2,
                                array(
                                        statement,
                                        "bigint",
                                        sent,
                                        event -> event.entry().id()));
                        statement.setArray(3, array(statement, "integer", sent, SentEvent::partition));
                        statement.setArray(4, array(statement, "bigint", sent, SentEvent::offset));
                    });
        }
        jdbc.update(
                "delete from outbox_event where id in ("
                        + String.join(", ", Collections.nCopies(roomFor(sent.size()), "?")) + ")",
                statement -> {
                    for (int i = 0; i < roomFor(sent.size()); i++) {
                        statement.setLong(
                                i + 1,
                                sent.get(Math.min(i, sent.size() - 1)).entry().id());
                    }
                });
    }

    private static Array array(
            PreparedStatement statement, String type, List<SentEvent> sent, Function<SentEvent, Object> value)
            throws SQLException {
        return statement
                .getConnection()
                .createArrayOf(type, sent.stream().map(value).toArray());
    }

    /** The next power of two, so that there are few statements for the database to prepare. */
    private static int roomFor(int size) {
        return size <= 1 ? 1 : Integer.highestOneBit(size - 1) << 1;
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
