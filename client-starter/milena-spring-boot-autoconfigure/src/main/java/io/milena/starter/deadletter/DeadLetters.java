package io.milena.starter.deadletter;

import io.milena.starter.event.EventHeaders;
import io.milena.starter.event.EventIdentity;
import io.milena.starter.inbox.Inbox;
import io.milena.starter.retry.Failure;
import io.milena.starter.retry.GivenUp;
import io.milena.starter.retry.ParkedEvent;
import io.milena.starter.retry.ParkedEvents;
import io.milena.starter.retry.StoredRecord;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.transaction.support.TransactionOperations;

/**
 * The dead letters of this service that wait. To redrive one is to move it back into its queue, in one transaction: it is handled by its
 * own group alone, in the order of its key, once, with a new budget. Thread-safe.
 */
public final class DeadLetters implements GivenUp {

    private static final int RACES = 5;
    private static final int BATCH = 100;

    private final JdbcOperations jdbc;
    private final TransactionOperations transactions;
    private final ParkedEvents parked;
    private final Inbox inbox;
    private final DeadLetterPublisher publisher;
    private final Supplier<? extends Collection<String>> groups;
    private final Clock clock;
    private final Runnable wakeRetrier;

    /**
     * @param groups of this application: dead letters of others that share the database are none of our business
     * @param wakeRetrier called when dead letters were put back
     */
    public DeadLetters(
            JdbcOperations jdbc,
            TransactionOperations transactions,
            ParkedEvents parked,
            Inbox inbox,
            DeadLetterPublisher publisher,
            Supplier<? extends Collection<String>> groups,
            Clock clock,
            Runnable wakeRetrier) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.parked = parked;
        this.inbox = inbox;
        this.publisher = publisher;
        this.groups = groups;
        this.clock = clock;
        this.wakeRetrier = wakeRetrier;
    }

    /** Written to the topic first: a crash in between leaves a second letter there, and never none. */
    @Override
    public void accept(ParkedEvent event) {
        Failure failure = event.failure();
        publisher.publish(
                event.record(),
                event.consumer(),
                event.attempts(),
                failure == null ? new Failure(Failure.Kind.EVENT, "unknown", "unknown") : failure);
        jdbc.update(
                "insert into dead_letter (consumer, event_id, " + StoredRecord.COLUMNS
                        + ", attempts, exception, reason,"
                        + " died_at) select consumer, event_id, " + StoredRecord.COLUMNS
                        + ", attempts, exception, reason, cast(? as timestamp with time zone) from parked_event where id = ?",
                clock.instant().atOffset(ZoneOffset.UTC),
                event.id());
    }

    /** How many wait. */
    public long waiting() {
        List<String> mine = List.copyOf(groups.get());
        Long count = mine.isEmpty()
                ? null
                : jdbc.queryForObject("select count(*) from dead_letter" + of(mine), Long.class, mine.toArray());
        return count == null ? 0 : count;
    }

    /**
     * Those that wait, the oldest first.
     *
     * @param page from 0
     */
    public List<DeadLetter> list(int page, int size) {
        List<String> mine = List.copyOf(groups.get());
        if (mine.isEmpty()) {
            return List.of();
        }
        return jdbc.query(
                "select * from dead_letter" + of(mine) + " order by id offset " + (long) page * size
                        + " rows fetch first " + size + " rows only",
                (row, n) -> letter(row),
                mine.toArray());
    }

    /** Puts one back. False if it does not wait: it was put back before, or never was there. */
    public boolean redrive(long id) {
        for (int race = 1; ; race++) {
            try {
                boolean done = Boolean.TRUE.equals(transactions.execute(status -> putBack(id)));
                wakeRetrier.run();
                return done;
            } catch (DuplicateKeyException anotherInstanceWasFaster) {
                if (race == RACES) {
                    throw anotherInstanceWasFaster;
                }
            }
        }
    }

    /**
     * Puts back all that wait at this moment, those of one key in the order of their offsets.
     *
     * @return how many
     */
    public int redriveAll() {
        List<String> mine = List.copyOf(groups.get());
        if (mine.isEmpty()) {
            return 0;
        }
        Long newest = jdbc.queryForObject("select max(id) from dead_letter" + of(mine), Long.class, mine.toArray());
        int done = 0;
        List<Long> batch = newest == null ? List.of() : oldest(mine, newest);
        while (!batch.isEmpty()) {
            for (long id : batch) {
                done += redrive(id) ? 1 : 0;
            }
            batch = oldest(mine, newest == null ? 0 : newest);
        }
        return done;
    }

    /** Lets one go for good: neither a redelivery nor anybody else brings it back. False if it does not wait. */
    public boolean discard(long id) {
        return Boolean.TRUE.equals(transactions.execute(status -> {
            Stored letter = take(id);
            if (letter != null) {
                inbox.remember(letter.consumer(), EventIdentity.of(letter.record()));
            }
            return letter != null;
        }));
    }

    private List<Long> oldest(List<String> mine, long newest) {
        List<Object> arguments = new ArrayList<>(mine);
        arguments.add(newest);
        return jdbc.queryForList(
                "select id from dead_letter" + of(mine)
                        + " and id <= ? order by topic, record_partition, record_offset, id" + " fetch first " + BATCH
                        + " rows only",
                Long.class,
                arguments.toArray());
    }

    private boolean putBack(long id) {
        Stored letter = take(id);
        if (letter != null) {
            parked.requeue(letter.consumer(), letter.record());
        }
        return letter != null;
    }

    private @Nullable Stored take(long id) {
        List<String> mine = List.copyOf(groups.get());
        if (mine.isEmpty()) {
            return null;
        }
        List<Object> arguments = new ArrayList<>(mine);
        arguments.add(id);
        List<Stored> found = jdbc.query(
                "select * from dead_letter" + of(mine) + " and id = ? for update",
                (row, n) -> new Stored(row.getString("consumer"), StoredRecord.read(row)),
                arguments.toArray());
        if (found.isEmpty()) {
            return null;
        }
        jdbc.update("delete from dead_letter where id = ?", id);
        return found.get(0);
    }

    private record Stored(String consumer, ConsumerRecord<?, ?> record) {}

    private static String of(List<String> groups) {
        return " where consumer in (" + String.join(", ", Collections.nCopies(groups.size(), "?")) + ")";
    }

    private static DeadLetter letter(ResultSet row) throws SQLException {
        ConsumerRecord<@Nullable String, byte @Nullable []> record = StoredRecord.read(row);
        String id = EventHeaders.read(record.headers(), EventHeaders.ID);
        return new DeadLetter(
                row.getLong("id"),
                row.getString("consumer"),
                id == null || id.isBlank() ? row.getString("event_id") : id,
                EventHeaders.read(record.headers(), EventHeaders.TYPE),
                record.topic(),
                record.partition(),
                record.offset(),
                record.key(),
                row.getInt("attempts"),
                row.getString("exception"),
                row.getString("reason"),
                row.getObject("died_at", OffsetDateTime.class).toInstant());
    }
}
