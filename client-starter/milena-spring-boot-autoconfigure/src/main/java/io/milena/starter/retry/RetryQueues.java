package io.milena.starter.retry;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcOperations;

/** What waits in the queues of this application's groups, for people to read. */
public final class RetryQueues {

    private final JdbcOperations jdbc;
    private final Supplier<? extends Collection<String>> groups;

    public RetryQueues(JdbcOperations jdbc, Supplier<? extends Collection<String>> groups) {
        this.jdbc = jdbc;
        this.groups = groups;
    }

    /**
     * The first event of a queue.
     *
     * @param behind events of the same key that wait for it
     * @param attempts made so far
     * @param reason what the last attempt came to, null if there was none
     */
    public record Head(
            String group,
            String topic,
            @Nullable String key,
            String eventId,
            int partition,
            long offset,
            int attempts,
            @Nullable String exception,
            @Nullable String reason,
            Instant parkedAt,
            Instant dueAt,
            long behind) {}

    /** Parked events by group, those behind others included. */
    public Map<String, Long> parked() {
        Map<String, Long> counts = new HashMap<>();
        List<String> mine = List.copyOf(groups.get());
        if (!mine.isEmpty()) {
            jdbc.query(
                    "select consumer, count(*) as events from parked_event where consumer in (" + marks(mine)
                            + ") group by consumer",
                    row -> {
                        counts.put(row.getString("consumer"), row.getLong("events"));
                    },
                    mine.toArray());
        }
        return counts;
    }

    /** Events by topic that are given up while their dead letter is not written yet, usually for moments. */
    public Map<String, Long> withoutLetter() {
        Map<String, Long> counts = new TreeMap<>();
        List<String> mine = List.copyOf(groups.get());
        if (!mine.isEmpty()) {
            jdbc.query(
                    "select topic, count(*) as events from parked_event where given_up and due_at is not null and consumer in ("
                            + marks(mine) + ") group by topic",
                    row -> {
                        counts.put(row.getString("topic"), row.getLong("events"));
                    },
                    mine.toArray());
        }
        return counts;
    }

    /** Since when the first event of a queue is parked, the one that waits longest; null if none is. */
    public @Nullable Instant longestParked() {
        List<String> mine = List.copyOf(groups.get());
        if (mine.isEmpty()) {
            return null;
        }
        OffsetDateTime longest = jdbc.queryForObject(
                "select min(parked_at) from parked_event where due_at is not null and consumer in (" + marks(mine)
                        + ")",
                OffsetDateTime.class,
                mine.toArray());
        return longest == null ? null : longest.toInstant();
    }

    /** The queues, the one that is due next first. */
    public List<Head> heads(int page, int size) {
        List<String> mine = List.copyOf(groups.get());
        if (mine.isEmpty()) {
            return List.of();
        }
        return jdbc.query(
                "select h.*, (select count(*) from parked_event b where b.consumer = h.consumer and b.topic = h.topic"
                        + " and b.lane = h.lane and b.id > h.id) as behind from parked_event h where due_at is not null"
                        + " and consumer in (" + marks(mine) + ") order by due_at, id offset " + (long) page * size
                        + " rows fetch first " + size + " rows only",
                (row, n) -> head(row),
                mine.toArray());
    }

    private static Head head(ResultSet row) throws SQLException {
        return new Head(
                row.getString("consumer"),
                row.getString("topic"),
                row.getString("record_key"),
                row.getString("event_id"),
                row.getInt("record_partition"),
                row.getLong("record_offset"),
                row.getInt("attempts"),
                row.getString("exception"),
                row.getString("reason"),
                row.getObject("parked_at", OffsetDateTime.class).toInstant(),
                row.getObject("due_at", OffsetDateTime.class).toInstant(),
                row.getLong("behind"));
    }

    private static String marks(List<String> values) {
        return String.join(", ", Collections.nCopies(values.size(), "?"));
    }
}
