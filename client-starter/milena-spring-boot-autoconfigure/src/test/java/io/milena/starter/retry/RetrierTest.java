package io.milena.starter.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.milena.starter.event.UnreadableEventException;
import io.milena.starter.inbox.Inbox;
import io.milena.starter.testing.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;
import org.springframework.transaction.support.TransactionTemplate;

/** A dead letter topic that does not answer costs the retries of others nothing. */
class RetrierTest {

    private static final int LETTERS = 40;

    private final List<Object> handled = new CopyOnWriteArrayList<>();
    private final AtomicInteger attempts = new AtomicInteger();
    private final CountDownLatch topicAnswers = new CountDownLatch(1);
    private volatile boolean topicIsThere;

    @Test
    void of_many_letters_that_cannot_be_written_one_is_tried_at_a_time_and_other_keys_go_on() {
        TestDatabase database = TestDatabase.h2();
        DriverManagerDataSource source = new DriverManagerDataSource(database.url(), database.username(), "");
        new ResourceDatabasePopulator(new ClassPathResource("io/milena/starter/schema.sql")).execute(source);
        JdbcTemplate jdbc = new JdbcTemplate(source);
        TransactionTemplate transactions = new TransactionTemplate(new DataSourceTransactionManager(source));
        RetryPolicy policy = new RetryPolicy(3, Duration.ofMillis(10), 2, Duration.ofMillis(500));
        ParkedEvents parked = new ParkedEvents(
                jdbc,
                transactions,
                new Inbox(jdbc, Clock.systemUTC(), Duration.ofDays(1)),
                policy,
                Clock.systemUTC(),
                () -> {});
        UnwrittenLetters unwritten = new UnwrittenLetters(policy.maxInterval(), Clock.systemUTC());
        for (int i = 0; i < LETTERS; i++) {
            parked.park("group", record(i), Failure.of(new UnreadableEventException("no event", null)));
        }
        parked.park("group", record(LETTERS), Failure.of(new IllegalStateException("once")));
        Retrier retrier = new Retrier(
                parked,
                () -> Map.of(
                        new Subscription("group", "topic"),
                        record -> transactions.executeWithoutResult(
                                status -> record.takeOut(() -> handled.add(record.key())))),
                event -> write(),
                unwritten,
                transactions,
                policy,
                1,
                Duration.ofMillis(20),
                new SimpleMeterRegistry(),
                Clock.systemUTC());
        retrier.start();
        try {
            await().until(() -> attempts.get() == 1);
            topicAnswers.countDown(); // with an error, after a while
            await().untilAsserted(() -> assertThat(handled).containsExactly("k" + LETTERS));

            assertThat(attempts).hasValueLessThanOrEqualTo(2);
            assertThat(unwritten.troubles()).singleElement().satisfies(trouble -> {
                assertThat(trouble.topic()).isEqualTo("topic");
                assertThat(trouble.reason()).isEqualTo("no such topic");
            });
            topicIsThere = true;
            await().until(() -> jdbc.queryForObject("select count(*) from parked_event", Long.class) == 0);
            assertThat(unwritten.troubles()).isEmpty();
        } finally {
            retrier.stop();
        }
    }

    private void write() {
        attempts.incrementAndGet();
        if (topicIsThere) {
            return;
        }
        try {
            topicAnswers.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new KafkaException("no such topic");
    }

    private static ConsumerRecord<String, byte[]> record(int number) {
        return new ConsumerRecord<>("topic", 0, number, "k" + number, "x".getBytes(StandardCharsets.UTF_8));
    }
}
