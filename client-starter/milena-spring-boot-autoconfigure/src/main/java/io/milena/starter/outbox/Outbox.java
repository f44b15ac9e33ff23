package io.milena.starter.outbox;

import io.milena.starter.event.EventCodec;
import io.milena.starter.event.EventContext;
import io.milena.starter.event.EventHeaders;
import io.milena.starter.event.EventInfo;
import io.milena.starter.trace.Tracing;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Where a service puts its events. An event is published if, and only if, the transaction that stored it commits; events of
 * one key keep the order in which their transactions stored them. Transactions that write events of the same key must be
 * serialised by something they share, as by the lock on the row of the thing the events are about. Thread-safe.
 */
public final class Outbox {

    private static final int LARGEST_COLUMN = 1_000_000; // characters, as in schema.sql
    private static final int LONGEST_KEY = 255;
    private static final int ENVELOPE = 4_096; // what headers and framing may take beside the payload

    private final OutboxStore store;
    private final EventCodec codec;
    private final String source;
    private final Clock clock;
    private final int largestEvent;
    private final Runnable wakeRelay;
    private final Tracing tracing;

    /**
     * @param source the {@code ce_source} of the events
     * @param largestEvent bytes of a record that the producer takes (its {@code max.request.size})
     * @param wakeRelay called after each commit that left an event
     * @param tracing by which events join the trace of the thread that appends them
     */
    public Outbox(
            JdbcOperations jdbc,
            EventCodec codec,
            String source,
            Clock clock,
            int largestEvent,
            Runnable wakeRelay,
            Tracing tracing) {
        this.store = new OutboxStore(jdbc);
        this.codec = codec;
        this.source = source;
        this.clock = clock;
        this.largestEvent = largestEvent;
        this.wakeRelay = wakeRelay;
        this.tracing = tracing;
    }

    /**
     * Stores an event in the current transaction, with the {@link EventContext} of the thread.
     *
     * @param event an instance of a class of the application's {@link io.milena.starter.event.EventTypes}
     * @throws IllegalArgumentException if there is no key, or the event is larger than the producer takes: it could never be published, and would hold
     *     back its key
     * @throws IllegalStateException outside a transaction of the outbox's database: the event and the data would not share their fate
     */
    public EventInfo append(String topic, String key, Object event) {
        if (!TransactionSynchronizationManager.isActualTransactionActive()) {
            throw new IllegalStateException(
                    "Outbox.append needs a transaction (@Transactional or TransactionTemplate): "
                            + "the event must commit or roll back with the data it tells of");
        }
        if (!store.isInTransaction()) {
            throw new IllegalStateException(
                    "Outbox.append is in a transaction of something else than the outbox's database"
                            + " (Kafka, or another DataSource): name the transaction manager of that database, as in"
                            + " @Transactional(\"transactionManager\")");
        }
        requireKey(topic, key);
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        String type = codec.types().nameOf(event.getClass());
        EventContext context = EventContext.current();
        String id = UUID.randomUUID().toString();
        EventInfo info = new EventInfo(
                id,
                type,
                source,
                now,
                key,
                context == null ? id : context.correlationId(),
                context == null ? null : context.causationId());
        String payload = codec.write(event);
        requireThatItFits(topic, info, payload);
        store.insert(topic, key, info, now, headers(context), payload);
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                wakeRelay.run();
            }
        });
        return info;
    }

    /** When the oldest event that waits was appended, by a query; empty if none waits. */
    public Optional<Instant> waitingSince() {
        return store.oldest();
    }

    private static void requireKey(String topic, @Nullable String key) {
        if (key == null || key.length() > LONGEST_KEY) {
            throw new IllegalArgumentException(
                    "an event for topic '" + topic + "' needs a key of at most " + LONGEST_KEY
                            + " characters (what it is about, as an order's id), not "
                            + (key == null ? "null" : "one of " + key.length() + ": '" + key.substring(0, 40) + "…'"));
        }
    }

    private void requireThatItFits(String topic, EventInfo info, String payload) {
        int most = Math.max(1, largestEvent - ENVELOPE);
        String event = "event '" + info.type() + "' of key '" + info.key() + "' for topic '" + topic + "' is ";
        if (payload.length() > LARGEST_COLUMN) {
            throw new IllegalArgumentException(event + payload.length() + " characters of JSON; the outbox takes "
                    + LARGEST_COLUMN + ". Send less, as a reference to the data");
        }
        if (payload.length() > most / 3
                && payload.getBytes(StandardCharsets.UTF_8).length > most) { // three bytes a character
            throw new IllegalArgumentException(event + payload.getBytes(StandardCharsets.UTF_8).length
                    + " bytes of JSON; the producer takes " + most + ". Send less, as a reference to the data, or raise"
                    + " spring.kafka.producer.properties.max.request.size and the topic's max.message.bytes");
        }
    }

    private Map<String, String> headers(@Nullable EventContext context) {
        Map<String, String> headers = new TreeMap<>(tracing.headers());
        if (context != null && context.attempt() > 1) {
            headers.put(EventHeaders.ATTEMPTS, Integer.toString(context.attempt()));
        }
        return headers;
    }
}
