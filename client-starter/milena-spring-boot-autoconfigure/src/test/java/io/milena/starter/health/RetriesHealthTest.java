package io.milena.starter.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.starter.inbox.Inbox;
import io.milena.starter.retry.Failure;
import io.milena.starter.retry.ParkedEvents;
import io.milena.starter.retry.RetryPolicy;
import io.milena.starter.retry.RetryQueues;
import io.milena.starter.retry.UnwrittenLetters;
import io.milena.starter.testing.TestDatabase;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.core.io.ClassPathResource;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;
import org.springframework.transaction.support.TransactionTemplate;

class RetriesHealthTest {

    private static final Duration LONG = Duration.ofMinutes(15);

    @ParameterizedTest
    @EnumSource
    void an_event_that_is_tried_for_long_is_shown(TestDatabase.Kind kind) {
        TestDatabase database = kind.fresh();
        DriverManagerDataSource source = new DriverManagerDataSource(database.url(), database.username(), "");
        new ResourceDatabasePopulator(new ClassPathResource("io/milena/starter/schema.sql")).execute(source);
        JdbcTemplate jdbc = new JdbcTemplate(source);
        Clock now = Clock.systemUTC();
        ParkedEvents parked = new ParkedEvents(
                jdbc,
                new TransactionTemplate(new DataSourceTransactionManager(source)),
                new Inbox(jdbc, now, Duration.ofDays(1)),
                new RetryPolicy(4, Duration.ofMillis(200), 3, Duration.ofSeconds(5)),
                now,
                () -> {});
        RetryQueues queues = new RetryQueues(jdbc, () -> List.of("group"));
        assertThat(health(queues, now).getDetails()).doesNotContainKey("longestParkedSince");

        parked.park(
                "group",
                new ConsumerRecord<>("topic", 0, 1, "key", new byte[] {1}),
                Failure.of(new QueryTimeoutException("took too long")));

        assertThat(health(queues, now).getStatus()).isEqualTo(Status.UP);
        assertThat(health(queues, now).getDetails()).containsKey("longestParkedSince");
        Health later = health(queues, Clock.offset(now, LONG.plusSeconds(1)));
        assertThat(later.getStatus()).isEqualTo(Status.DOWN);
        assertThat(later.getDetails().get("problem")).asString().contains("parked for more than PT15M");
    }

    private static Health health(RetryQueues queues, Clock clock) {
        Health health = new RetriesHealth(
                        queues, new UnwrittenLetters(Duration.ofSeconds(5), clock), Duration.ofDays(1), LONG, clock)
                .health();
        assertThat(health).isNotNull();
        return health;
    }
}
