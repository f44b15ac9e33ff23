package io.milena.starter;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.starter.testing.TestDatabase;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;

class SchemaTest {

    @ParameterizedTest
    @EnumSource
    void the_tables_are_there_after_any_number_of_starts(TestDatabase.Kind kind) {
        TestDatabase database = kind.fresh();
        DriverManagerDataSource source = new DriverManagerDataSource(database.url(), database.username(), "");
        ResourceDatabasePopulator schema =
                new ResourceDatabasePopulator(new ClassPathResource("io/milena/starter/schema.sql"));

        schema.execute(source);
        schema.execute(source);

        assertThat(new JdbcTemplate(source)
                        .queryForList(
                                "select lower(table_name) from information_schema.tables where lower(table_schema) = 'public'",
                                String.class))
                .contains(
                        "outbox_event", "outbox_sent", "outbox_lock", "processed_event", "parked_event", "dead_letter");
    }
}
