package io.milena.starter.retry;

import io.milena.starter.event.EventIdentity;
import io.milena.starter.inbox.Inbox;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.transaction.support.TransactionOperations;

/**
 * The queues of events that wait for another attempt, one for each lane: group, topic and key. A queue changes only under the lock on
 * its row in {@code parked_key}, which is held for moments, never while an event is being handled; whoever handles its first event holds the lock
 * on that event's row. SQL that H2 and PostgreSQL both speak. Thread-safe.
 */
public final class ParkedEvents {

    /** What is to be done with a record that has just arrived. */
    public enum Admission {
        /** It is the first of its lane and remembered as handled, in the current transaction. */
        HANDLE,
        /** Nothing: it was handled before, waits already, or is among the dead letters. */
        KNOWN,
        /** Nothing yet: it waits behind another one. */
        QUEUED
    }

    private static final int RACES = 5;
    private static final String LANE = " where consumer = ? and topic = ? and lane = ?";

    private final JdbcOperations jdbc;
    private final TransactionOperations transactions;
    private final Inbox inbox;
    private final DatabaseProbe database;
    private final RetryPolicy policy;
    private final Clock clock;
    private final Runnable wakeRetrier;

    /** @param wakeRetrier called when an event was parked */
    public ParkedEvents(
            JdbcOperations jdbc,
            TransactionOperations transactions,
            Inbox inbox,
            RetryPolicy policy,
            Clock clock,
            Runnable wakeRetrier) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.inbox = inbox;
        this.database = new DatabaseProbe(jdbc);
        this.policy = policy;
        this.clock = clock;
        this.wakeRetrier = wakeRetrier;
    }

    /** Whose fault an error is; may ask the database for a sign of life, so not within a transaction. */
    public Failure failure(Throwable error) {
        return Failure.of(error, database);
    }

    /** Lets a record in, or puts it at the end of its queue; in the current transaction. */
    public Admission admit(String consumer, ConsumerRecord<?, ?> record) {
        EventIdentity identity = EventIdentity.of(record);
        String lane = Lanes.of(record, identity.key());
        for (int race = 0; race < RACES; race++) {
            if (inbox.rememberUnlessParked(consumer, identity, record.topic(), lane)) {
                return Admission.HANDLE;
            }
            if (isKnown(consumer, identity)) {
                return Admission.KNOWN;
            }
            if (lock(consumer, record.topic(), lane)) {
                insert(new Parking(consumer, identity.key(), lane, record, 0, 0, false, null, null));
                return Admission.QUEUED;
            } // else the queue has just come to its end: the record may pass
        }
        throw new IllegalStateException(
                "queue of " + consumer + "/" + record.topic() + "/" + lane + " does not hold still");
    }

    /**
     * Parks an event that could not be handled, in a transaction of its own. If it is known already (a redelivery, or another instance was
     * faster) nothing changes.
     */
    public void park(String consumer, ConsumerRecord<?, ?> record, Failure failure) {
        boolean counts = policy.counts(failure, 0);
        boolean last = failure.kind() == Failure.Kind.UNREADABLE || (counts && policy.isSpent(1));
        String eventId = StoredRecord.eventId(record);
        String lane = failure.kind() == Failure.Kind.UNREADABLE
                ? Lanes.unreadable(record, eventId)
                : Lanes.of(record, eventId);
        Instant due = last ? clock.instant() : clock.instant().plus(policy.pauseAfter(1));
        Parking parking =
                new Parking(consumer, eventId, lane, record, counts ? 1 : 0, counts ? 0 : 1, last, failure, due);
        for (int race = 1; ; race++) {
            try {
                transactions.executeWithoutResult(status -> enqueue(parking));
                wakeRetrier.run();
                return;
            } catch (DuplicateKeyException anotherInstanceWasFaster) {
                if (race == RACES) {
                    throw anotherInstanceWasFaster;
                }
            }
        }
    }

    /**
     * Puts an event at the end of its queue, with its whole budget before it; in the current transaction.
     *
     * @throws DuplicateKeyException if another instance was faster; to be done again
     */
    public void requeue(String consumer, ConsumerRecord<?, ?> record) {
        String eventId = StoredRecord.eventId(record);
        enqueue(new Parking(consumer, eventId, Lanes.of(record, eventId), record, 0, 0, false, null, clock.instant()));
    }

    private record Parking(
            String consumer,
            String eventId,
            String lane,
            ConsumerRecord<?, ?> record,
            int attempts,
            int contentions,
            boolean givenUp,
            @Nullable Failure failure,
            @Nullable Instant due) {

        Parking behindAnother() {
            return new Parking(consumer, eventId, lane, record, attempts, contentions, givenUp, failure, null);
        }
    }

    private void enqueue(Parking parking) {
        String topic = parking.record().topic();
        boolean first = !lock(parking.consumer(), topic, parking.lane());
        if (isKnown(parking.consumer(), EventIdentity.of(parking.record()))) {
            return;
        }
        if (first) {
            jdbc.update(
                    "insert into parked_key (consumer, topic, lane) values (?, ?, ?)",
                    parking.consumer(),
                    topic,
                    parking.lane());
        }
        insert(first ? parking : parking.behindAnother());
    }

    private boolean lock(String consumer, String topic, String lane) {
        return !jdbc.queryForList("select lane from parked_key" + LANE + " for update", consumer, topic, lane)
                .isEmpty();
    }

    private boolean isKnown(String consumer, EventIdentity identity) {
        EventIdentity.Former former = identity.former();
        return isKnown(consumer, identity.key(), Instant.EPOCH)
                || (former != null && isKnown(consumer, former.key(), former.since()));
    }

    private boolean isKnown(String consumer, String eventId, Instant since) {
        OffsetDateTime time = utc(since);
        return !jdbc.queryForList(
                        "select 1 from processed_event where consumer = ? and event_id = ? and processed_at >= ?"
                                + " union all select 1 from parked_event where consumer = ? and event_id = ? and parked_at >= ?"
                                + " union all select 1 from dead_letter where consumer = ? and event_id = ? and died_at >= ?",
                        consumer,
                        eventId,
                        time,
                        consumer,
                        eventId,
                        time,
                        consumer,
                        eventId,
                        time)
                .isEmpty();
    }

    private void insert(Parking parking) {
        Failure failure = parking.failure();
        List<@Nullable Object> values = new ArrayList<>(StoredRecord.values(parking.record()));
        values.add(parking.consumer());
        values.add(parking.eventId());
        values.add(parking.lane());
        values.add(parking.attempts());
        values.add(parking.contentions());
        values.add(parking.givenUp());
        values.add(failure == null ? null : failure.exception());
        values.add(failure == null ? null : failure.reason());
        values.add(utc(clock.instant()));
        values.add(parking.due() == null ? null : utc(parking.due()));
        jdbc.update(
                "insert into parked_event (" + StoredRecord.COLUMNS
                        + ", consumer, event_id, lane, attempts, contentions, given_up,"
                        + " exception, reason, parked_at, due_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                values.toArray());
    }

    /** An event and the time at which it is due. */
    record Due(long id, Instant at) {}

    /** The first events of the queues of these subscriptions, the earliest first. */
    List<Due> due(Collection<Subscription> subscriptions, int limit) {
        List<Object> arguments = new ArrayList<>();
        subscriptions.forEach(subscription -> {
            arguments.add(subscription.group());
            arguments.add(subscription.topic());
        });
        return jdbc.query(
                "select id, due_at from parked_event where due_at is not null and (consumer, topic) in ("
                        + String.join(", ", Collections.nCopies(subscriptions.size(), "(?, ?)"))
                        + ") order by due_at, id fetch first " + limit + " rows only",
                (row, n) -> new Due(
                        row.getLong("id"),
                        row.getObject("due_at", OffsetDateTime.class).toInstant()),
                arguments.toArray());
    }

    /**
     * Takes an event that is due: until the attempt is over, or for the pause after it if this process does not live to see
     * that, nobody else will.
     *
     * @return null if another instance was faster
     */
    @Nullable
    ParkedEvent claim(long id) {
        List<ParkedEvent> claimed = transactions.execute(status -> {
            List<ParkedEvent> found = jdbc.query(
                    "select * from parked_event where id = ? and due_at <= ? for update skip locked",
                    (row, n) -> event(row),
                    id,
                    utc(clock.instant()));
            found.forEach(event -> postpone(event, policy.pauseAfter(event.attempts() + 1), event.failure()));
            return found;
        });
        return claimed == null || claimed.isEmpty() ? null : claimed.get(0);
    }

    /** Holds an event until the transaction ends; false if it has moved on or another instance has it. */
    boolean hold(ParkedEvent event) {
        return !jdbc.queryForList(
                        "select id from parked_event where id = ? and attempts = ? and given_up = ? for update skip locked",
                        event.id(),
                        event.attempts(),
                        event.givenUp())
                .isEmpty();
    }

    /** Takes an event out of its queue and makes the next one due; in the current transaction. */
    void remove(ParkedEvent event) {
        String topic = event.record().topic();
        lock(event.consumer(), topic, event.lane());
        jdbc.update("delete from parked_event where id = ?", event.id());
        Long next = jdbc.queryForObject(
                "select min(id) from parked_event" + LANE, Long.class, event.consumer(), topic, event.lane());
        if (next == null) {
            jdbc.update("delete from parked_key" + LANE, event.consumer(), topic, event.lane());
        } else {
            jdbc.update("update parked_event set due_at = ? where id = ?", utc(clock.instant()), next);
        }
    }

    /** Remembers a failed attempt. */
    void update(ParkedEvent event) {
        Failure failure = event.failure();
        Duration pause = event.givenUp() ? Duration.ZERO : policy.pauseAfter(event.attempts());
        jdbc.update(
                "update parked_event set attempts = ?, given_up = ?, exception = ?, reason = ?, due_at = ? where id = ?"
                        + " and attempts = ?",
                event.attempts(),
                event.givenUp(),
                failure == null ? null : failure.exception(),
                failure == null ? null : failure.reason(),
                utc(clock.instant().plus(pause)),
                event.id(),
                event.attempts() - 1);
    }

    /** Another attempt later, which costs nothing of the budget. */
    void postpone(ParkedEvent event, Duration pause, @Nullable Failure failure) {
        jdbc.update(
                "update parked_event set exception = ?, reason = ?, due_at = ? where id = ? and attempts = ?",
                failure == null ? null : failure.exception(),
                failure == null ? null : failure.reason(),
                utc(clock.instant().plus(pause)),
                event.id(),
                event.attempts());
    }

    /** Another attempt later, after one that ended in a lock or a time-out. */
    void postponeContended(ParkedEvent event, Failure failure) {
        jdbc.update(
                "update parked_event set contentions = ?, exception = ?, reason = ?, due_at = ? where id = ? and attempts = ?",
                event.contentions() + 1,
                failure.exception(),
                failure.reason(),
                utc(clock.instant().plus(policy.maxInterval())),
                event.id(),
                event.attempts());
    }

    private static ParkedEvent event(ResultSet row) throws SQLException {
        String exception = row.getString("exception");
        String reason = row.getString("reason");
        return new ParkedEvent(
                row.getLong("id"),
                row.getString("consumer"),
                row.getString("lane"),
                StoredRecord.read(row),
                row.getInt("attempts"),
                row.getInt("contentions"),
                row.getBoolean("given_up"),
                exception == null || reason == null ? null : new Failure(Failure.Kind.EVENT, exception, reason));
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
