package io.milena.starter.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.milena.starter.event.EventCodec;
import io.milena.starter.event.EventType;
import io.milena.starter.event.EventTypes;
import io.milena.starter.trace.Tracing;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.DefaultTransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/** The outbox against a real database and a producer that fails on command. */
class OutboxRelayTest {

    @EventType("counted.v1")
    record Counted(int number) {}

    @EventType("large.v1")
    record Large(String text) {}

    private JdbcConnectionPool pool;
    private JdbcTemplate jdbc;
    private TransactionTemplate transactions;
    private Outbox outbox;
    private final EventCodec codec = new EventCodec(
            EventTypes.of(Counted.class, Large.class), JsonMapper.builder().build());
    private final Log log = new Log();
    private final List<OutboxRelay> relays = new ArrayList<>();

    @BeforeEach
    void open() {
        pool = JdbcConnectionPool.create("jdbc:h2:mem:outbox" + System.nanoTime() + ";DB_CLOSE_DELAY=-1", "sa", "");
        new ResourceDatabasePopulator(new ClassPathResource("io/milena/starter/schema.sql")).execute(pool);
        jdbc = new JdbcTemplate(pool);
        transactions = new TransactionTemplate(new DataSourceTransactionManager(pool));
        outbox = new Outbox(
                jdbc,
                codec,
                "test",
                Clock.systemUTC(),
                1_048_576,
                () -> relays.forEach(OutboxRelay::wake),
                Tracing.PASS_ON);
    }

    @AfterEach
    void close() {
        relays.forEach(OutboxRelay::stop);
        jdbc.execute("shutdown");
    }

    @Test
    void an_event_outside_a_transaction_is_refused() {
        assertThatThrownBy(() -> outbox.append("t", "k", new Counted(1))).hasMessageContaining("transaction");
    }

    @Test
    void an_event_in_a_transaction_of_another_database_is_refused() {
        JdbcConnectionPool another = JdbcConnectionPool.create("jdbc:h2:mem:another" + System.nanoTime(), "sa", "");
        TransactionTemplate elsewhere = new TransactionTemplate(new DataSourceTransactionManager(another));

        assertThatThrownBy(() -> elsewhere.executeWithoutResult(status -> outbox.append("t", "k", new Counted(1))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("transaction of something else than the outbox's database");
        assertThat(pending()).isZero();
    }

    @Test
    void an_event_whose_transaction_commits_behind_the_relay_is_not_overtaken_by_its_key() throws Exception {
        CountDownLatch relayIsSending = new CountDownLatch(1);
        CountDownLatch bothCommitted = new CountDownLatch(1);
        log.failure = record -> {
            if (record.key().equals("other")) {
                relayIsSending.countDown();
                awaitQuietly(bothCommitted);
            }
            return null;
        };
        TransactionTemplate apart = new TransactionTemplate(
                Objects.requireNonNull(transactions.getTransactionManager()),
                new DefaultTransactionDefinition(TransactionDefinition.PROPAGATION_REQUIRES_NEW));
        Thread writer = new Thread(() -> {
            transactions.executeWithoutResult(status -> {
                outbox.append("t", "k", new Counted(1)); // with the lowest id
                apart.executeWithoutResult(another -> outbox.append("t", "other", new Counted(0)));
                awaitQuietly(relayIsSending);
            });
            append("k", 2);
            bothCommitted.countDown();
        });
        writer.start();
        relay(log::producer);

        await().until(() -> pending() == 0);
        writer.join();
        assertThat(log.numbers("k")).containsExactly(1, 2);
    }

    @Test
    void a_relay_started_again_before_the_broker_was_seen_runs_once() {
        CompletableFuture<Void> brokerSeen = new CompletableFuture<>();
        OutboxRelay relay = relay(log::producer, brokerSeen);
        relay.stop();
        relay.start();
        append("k", 1);
        brokerSeen.complete(null);

        await().until(() -> log.numbers("k").equals(List.of(1)));
        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread.getName().equals("milena-outbox"))
                        .count()
                == 1);
    }

    @Test
    void an_event_shares_the_fate_of_its_transaction() {
        relay(log::producer);
        transactions.executeWithoutResult(status -> {
            outbox.append("t", "k", new Counted(1));
            status.setRollbackOnly();
        });
        append("k", 2);

        await().until(() -> log.numbers("k").equals(List.of(2)));
        assertThat(pending()).isZero();
        assertThat(jdbc.queryForObject("select count(*) from outbox_sent", Long.class))
                .isEqualTo(1);
    }

    @Test
    void two_relays_keep_the_order_of_every_key_through_failures() {
        Random random = new Random(4711);
        log.failure = record -> random.nextInt(20) == 0 ? new TimeoutException("broker away") : null;
        appendMany(1_500, 40);

        relay(log::producer);
        relay(log::producer);

        await().atMost(Duration.ofSeconds(30)).until(() -> pending() == 0);
        for (int key = 0; key < 40; key++) {
            assertThat(log.firstOccurrences("k" + key)).isSorted().hasSize(key < 1_500 % 40 ? 38 : 37);
        }
    }

    @Test
    void a_relay_that_dies_in_the_middle_is_replaced_at_once() {
        appendMany(1_000, 10);
        OutboxRelay first = relay(log::producer);
        await().until(() -> log.size() > 100);
        log.failure = record -> Thread.currentThread().getName().equals("milena-outbox") && first.isRunning()
                ? new IllegalStateException("killed")
                : null;
        first.stop();
        log.failure = record -> null;
        relay(log::producer);

        await().atMost(Duration.ofSeconds(30)).until(() -> pending() == 0);
        for (int key = 0; key < 10; key++) {
            assertThat(log.firstOccurrences("k" + key)).isSorted().hasSize(100);
        }
    }

    @Test
    void an_event_that_cannot_be_published_holds_back_its_own_key_only() {
        log.failure = record -> record.key().equals("bad") ? new RecordTooLargeException("too large") : null;
        append("bad", 1);
        append("good", 1);
        append("bad", 2);
        append("good", 2);
        relay(log::producer);

        await().until(() -> log.numbers("good").equals(List.of(1, 2)));
        assertThat(log.numbers("bad")).isEmpty();
        assertThat(pending()).isEqualTo(2);

        log.failure = record -> null;
        await().atMost(Duration.ofSeconds(15)).until(() -> log.numbers("bad").equals(List.of(1, 2)));
    }

    @Test
    void a_missing_topic_holds_back_its_own_events_only() {
        log.failure = record -> record.topic().equals("missing")
                ? new TimeoutException("Topic missing not present in metadata after 5000 ms.")
                : null;
        transactions.executeWithoutResult(status -> {
            for (int i = 0; i < 250; i++) { // more than two pages that nobody can publish
                outbox.append("missing", "m" + i, new Counted(i));
            }
        });
        append("good", 1);
        append("good", 2);
        relay(log::producer);

        await().until(() -> log.numbers("good").equals(List.of(1, 2)));
        assertThat(pending()).isEqualTo(250);

        log.failure = record -> null; // somebody creates it
        await().atMost(Duration.ofSeconds(20)).until(() -> pending() == 0);
    }

    @Test
    void an_event_larger_than_the_producer_takes_is_refused_at_once_and_says_what_to_do() {
        assertThatThrownBy(() -> transactions.executeWithoutResult(
                        status -> outbox.append("t", "k", new Large("é".repeat(600_000)))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'large.v1' of key 'k' for topic 't' is 1200011 bytes")
                .hasMessageContaining("max.request.size");
        assertThat(pending()).isZero();
    }

    @Test
    @SuppressWarnings("NullAway")
    void an_event_needs_a_key_that_fits() {
        for (String key : new String[] {null, "k".repeat(256)}) {
            assertThatThrownBy(() -> append(key, 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("an event for topic 't' needs a key of at most 255 characters");
        }
    }

    @Test
    void a_page_is_bounded_by_weight_too() {
        transactions.executeWithoutResult(status -> {
            for (int i = 0; i < 20; i++) {
                outbox.append("t", "k", new Large("x".repeat(100_000)));
            }
        });
        OutboxStore store = new OutboxStore(jdbc);

        assertThat(store.page(0, 20, 20, 3_000_000, Set.of())).hasSize(20);
        assertThat(store.page(0, 20, 20, 1_000_000, Set.of())).hasSize(5);
        assertThat(store.page(0, 20, 20, 1_000, Set.of())).hasSize(1);
    }

    @Test
    void a_crash_between_acknowledgement_and_commit_publishes_again_with_the_same_ids() {
        append("k", 1);
        append("k", 2);
        OutboxStore store = new OutboxStore(jdbc);
        store.createLock();
        transactions.executeWithoutResult(status -> {
            assertThat(store.tryLock(Duration.ofSeconds(1))).isTrue();
            List<OutboxEntry> page = store.page(0, 10, 10, 1_000_000, Set.of());
            try {
                assertThat(new PageSender(log.producer(), codec, Duration.ofSeconds(1), Tracing.PASS_ON)
                                .send(page)
                                .sent())
                        .hasSize(2);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            status.setRollbackOnly(); // the crash
        });
        relay(log::producer);

        await().until(() -> pending() == 0);
        assertThat(log.numbers("k")).containsExactly(1, 2, 1, 2);
        assertThat(new LinkedHashSet<>(log.ids("k"))).hasSize(2);
    }

    private OutboxRelay relay(Supplier<Producer<String, byte[]>> producers) {
        return relay(producers, CompletableFuture.completedFuture(null));
    }

    private OutboxRelay relay(Supplier<Producer<String, byte[]>> producers, CompletableFuture<?> brokerSeen) {
        OutboxRelay relay = new OutboxRelay(
                jdbc,
                transactions,
                producers,
                codec,
                new OutboxProperties(true, true, 100, Duration.ofMillis(50), Duration.ofSeconds(2), Duration.ofDays(1)),
                Clock.systemUTC(),
                brokerSeen,
                Tracing.PASS_ON);
        relays.add(relay);
        relay.start();
        return relay;
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void append(String key, int number) {
        transactions.executeWithoutResult(status -> outbox.append("t", key, new Counted(number)));
    }

    private void appendMany(int events, int keys) {
        transactions.executeWithoutResult(status -> {
            for (int i = 0; i < events; i++) {
                outbox.append("t", "k" + i % keys, new Counted(i));
            }
        });
    }

    private long pending() {
        return new OutboxStore(jdbc).pending();
    }

    /** What "the broker" received, in order. */
    private final class Log {
        private final Map<String, List<ProducerRecord<String, byte[]>>> byKey = new HashMap<>();
        private int size;
        private volatile java.util.function.Function<ProducerRecord<String, byte[]>, RuntimeException> failure =
                record -> null;

        Producer<String, byte[]> producer() {
            return new MockProducer<>(true, null, new StringSerializer(), new ByteArraySerializer()) {
                @Override
                public synchronized Future<RecordMetadata> send(
                        ProducerRecord<String, byte[]> record, Callback callback) {
                    RuntimeException error = failure.apply(record);
                    if (error != null) {
                        callback.onCompletion(null, error);
                        return CompletableFuture.failedFuture(error);
                    }
                    synchronized (byKey) {
                        byKey.computeIfAbsent(record.key(), key -> new ArrayList<>())
                                .add(record);
                        size++;
                    }
                    return super.send(record, callback);
                }
            };
        }

        int size() {
            synchronized (byKey) {
                return size;
            }
        }

        List<Integer> numbers(String key) {
            synchronized (byKey) {
                return byKey.getOrDefault(key, List.of()).stream()
                        .map(record -> ((Counted) codec.read(
                                        new io.milena.starter.event.EventInfo("", "counted.v1", "", null, ""),
                                        record.value()))
                                .number())
                        .toList();
            }
        }

        List<Integer> firstOccurrences(String key) {
            return new ArrayList<>(new LinkedHashSet<>(numbers(key)));
        }

        List<String> ids(String key) {
            synchronized (byKey) {
                return byKey.getOrDefault(key, List.of()).stream()
                        .map(record ->
                                new String(record.headers().lastHeader("ce_id").value()))
                        .toList();
            }
        }
    }
}
