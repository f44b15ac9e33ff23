package io.milena.orders.journey;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.orders.journey.story.OwnEvent;
import io.milena.starter.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;

/** Finding an event in a backlog, also when the clock that dated it was wrong. {@code -Dmilena.outbox.backlog=1000000} tells how long it takes in a long one. */
class OutboxLookTest {

    private static final int ROWS = Integer.getInteger("milena.outbox.backlog", 30_000);
    private static final Instant FIRST = Instant.parse("2026-01-01T00:00:00Z");

    @ParameterizedTest
    @EnumSource
    void an_event_is_found_wherever_it_waits_and_when_it_is_sent(TestDatabase.Kind kind) {
        TestDatabase database = kind.fresh();
        SingleConnectionDataSource connection =
                new SingleConnectionDataSource(database.url(), database.username(), "", true);
        JdbcTemplate jdbc = new JdbcTemplate(connection);
        fill(jdbc, kind == TestDatabase.Kind.H2 ? "system_range" : "generate_series");
        jdbc.update(
                "insert into outbox_sent (id, event_id, topic, record_key, event_type, record_partition,"
                        + " record_offset, sent_at) values (0, 'sent', 'orders', 'k', 'order.placed.v1', 1, 17, current_timestamp)");
        jdbc.update("update outbox_event set event_id = 'from another clock' where id = ?", ROWS - 10);
        OutboxLook look = new OutboxLook(jdbc);

        for (int id : new int[] {1, 2, ROWS / 3, ROWS / 2, ROWS - 1, ROWS}) {
            assertThat(look.find(Map.of("e" + id, at(id)), FIRST))
                    .singleElement()
                    .satisfies(event -> {
                        assertThat(event.eventId()).isEqualTo("e" + id);
                        assertThat(event.sentTo()).isNull();
                    });
        }
        assertThat(look.find(Map.of("e1", at(1), "e" + ROWS, at(ROWS), "sent", at(5)), FIRST))
                .extracting(OwnEvent::eventId)
                .containsExactlyInAnyOrder("e1", "e" + ROWS, "sent");
        assertThat(look.find(Map.of("from another clock", at(5)), FIRST)).hasSize(1);
        assertThat(look.find(Map.of("nowhere", at(7)), FIRST)).isEmpty();

        long startNs = System.nanoTime();
        look.find(Map.of("e" + ROWS / 5, at(ROWS / 5)), FIRST);
        long foundNs = System.nanoTime();
        look.find(Map.of("nowhere at all", at(8)), FIRST);
        System.out.printf(
                "%s: an event among %d that wait: %d ms; one that is nowhere: %d ms%n",
                kind, ROWS, (foundNs - startNs) / 1_000_000, (System.nanoTime() - foundNs) / 1_000_000);
        connection.destroy();
    }

    /** One a second, as it were. */
    private static Instant at(int id) {
        return FIRST.plus(Duration.ofSeconds(id));
    }

    private static void fill(JdbcTemplate jdbc, String numbers) {
        new ResourceDatabasePopulator(new ClassPathResource("io/milena/starter/schema.sql"))
                .execute(Objects.requireNonNull(jdbc.getDataSource()));
        jdbc.update(
                "insert into outbox_event (id, event_id, topic, record_key, event_type, source, occurred_at, payload)"
                        + " select n, concat('e', n), 'orders', concat('k', n), 'order.placed.v1', 'order-service',"
                        + " cast('2026-01-01 00:00:00+00' as timestamp with time zone) + n * interval '1' second, '{}' from "
                        + numbers + "(1, ?) as numbers (n)",
                ROWS);
    }
}
