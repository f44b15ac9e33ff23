package io.milena.starter.inbox;

import java.time.Clock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.jdbc.core.JdbcOperations;

/** The ids of the events each consumer has handled. Joins the caller's transaction. Thread-safe. */
public final class Inbox {

    private static final Duration PURGE_INTERVAL = Duration.ofSeconds(10);
    private static final int PURGE_ROWS = 5_000;

    private final JdbcOperations jdbc;
    private final Clock clock;
    private final Duration retention;
    private final AtomicLong nextPurgeMs;

    public Inbox(JdbcOperations jdbc, Clock clock, Duration retention) {
        this.jdbc = jdbc;
        this.clock = clock;
        this.retention = retention;
        this.nextPurgeMs = new AtomicLong(clock.millis() + PURGE_INTERVAL.toMillis());
    }

    /**
     * Remembers an event, in the current transaction.
     *
     * @return false if the consumer had handled it before
     * @throws org.springframework.dao.DuplicateKeyException if another transaction remembers it at the same moment; on the
     *     next attempt the answer is false
     */
    public boolean remember(String consumer, String eventId) {
        OffsetDateTime now = clock.instant().atOffset(ZoneOffset.UTC);
        int inserted = jdbc.update(
                "insert into processed_event (consumer, event_id, processed_at) select ?, ?, cast(? as timestamp with time"
                        + " zone) where not exists (select 1 from processed_event where consumer = ? and event_id = ?)",
                consumer,
                eventId,
                now,
                consumer,
                eventId);
        purgeNowAndThen(now);
        return inserted == 1;
    }

    private void purgeNowAndThen(OffsetDateTime now) {
        long dueMs = nextPurgeMs.get();
        long nowMs = now.toInstant().toEpochMilli();
        if (nowMs >= dueMs && nextPurgeMs.compareAndSet(dueMs, nowMs + PURGE_INTERVAL.toMillis())) {
            jdbc.update(
                    "delete from processed_event where (consumer, event_id) in (select consumer, event_id from"
                            + " processed_event where processed_at < ? fetch first " + PURGE_ROWS + " rows only)",
                    now.minus(retention));
        }
    }
}
