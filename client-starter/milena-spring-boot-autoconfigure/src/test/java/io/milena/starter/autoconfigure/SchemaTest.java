package io.milena.starter.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.starter.testing.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.sql.init.DatabaseInitializationMode;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

class SchemaTest {

    @ParameterizedTest
    @EnumSource
    void the_tables_are_there_after_any_number_of_starts_also_at_once(TestDatabase.Kind kind) throws Exception {
        TestDatabase database = kind.fresh();
        DriverManagerDataSource source = new DriverManagerDataSource(database.url(), database.username(), "");
        ExecutorService instances = Executors.newFixedThreadPool(8);
        List<Future<Boolean>> starts = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            starts.add(instances.submit(
                    () -> new SchemaInitializer(source, DatabaseInitializationMode.ALWAYS).initializeDatabase()));
        }
        for (Future<Boolean> start : starts) {
            assertThat(start.get()).isTrue();
        }
        instances.shutdown();

        assertThat(new JdbcTemplate(source)
                        .queryForList(
                                "select lower(table_name) from information_schema.tables where lower(table_schema) = 'public'",
                                String.class))
                .contains(
                        "outbox_event", "outbox_sent", "outbox_lock", "processed_event", "parked_event", "dead_letter");
    }
}
