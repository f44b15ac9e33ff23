package io.milena.starter.inbox;

import io.milena.starter.event.EventIdentity;
import java.time.Clock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.jdbc.core.JdbcOperations;

/** The ids of the events each consumer has handled. Joins the caller's transaction. Thread-safe. */
public final class Inbox {

    private static final Duration PURGE_INTERVAL = Duration.ofSeconds(10);
    private static final int PURGE_ROWS = 5_000;

    private static final String REMEMBER =
            "insert into processed_event (consumer, event_id, processed_at) select ?, ?, cast(? as timestamp with time"
                    + " zone) where not exists (select 1 from processed_event where consumer = ? and event_id = ?)";
    private static final String NOR_FORMERLY =
            " and not exists (select 1 from processed_event where consumer = ? and event_id = ? and processed_at >= ?)";
    private static final String UNLESS_PARKED =
            " and not exists (select 1 from parked_key where consumer = ? and topic = ? and lane = ?)"
                    + " and not exists (select 1 from dead_letter where consumer = ? and event_id = ?)";

    private static final String NOR_FORMERLY_DEAD =
            " and not exists (select 1 from dead_letter where consumer = ? and event_id = ? and died_at >= ?)";

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
    public boolean remember(String consumer, EventIdentity event) {
        return remember(consumer, event, "", List.of(), "");
    }

    /**
     * As {@link #remember}, but only if no event of this lane waits for its next attempt and the event itself is not among the dead
     * letters. One statement: what is healthy pays two look-ups in tables that are empty as a rule.
     */
    public boolean rememberUnlessParked(String consumer, EventIdentity event, String topic, String lane) {
        List<Object> parked = List.of(consumer, topic, lane, consumer, event.key());
        return remember(consumer, event, UNLESS_PARKED, parked, NOR_FORMERLY_DEAD);
    }

    /** Events that may have been remembered under a former key pay for asking after that, too. */
    private boolean remember(
            String consumer, EventIdentity event, String condition, List<Object> itsArguments, String formerCondition) {
        OffsetDateTime now = clock.instant().atOffset(ZoneOffset.UTC);
        String statement = REMEMBER + condition;
        List<Object> arguments = new ArrayList<>(List.of(consumer, event.key(), now, consumer, event.key()));
        arguments.addAll(itsArguments);
        EventIdentity.Former former = event.former();
        if (former != null) {
            statement += NOR_FORMERLY + formerCondition;
            List<Object> formerly =
                    List.of(consumer, former.key(), former.since().atOffset(ZoneOffset.UTC));
            arguments.addAll(formerly);
            if (!formerCondition.isEmpty()) {
                arguments.addAll(formerly);
            }
        }
        boolean isNew = jdbc.update(statement, arguments.toArray()) == 1;
        purgeNowAndThen(now);
        return isNew;
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
