package io.milena.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.starter.testing.TestDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * H2 commits each statement that changes a schema by itself: a kill -9 in the middle of a service's first start leaves half a migration, of
 * which Flyway knows nothing. The next start has to come through it.
 */
class HalfMigratedTest {

    @ParameterizedTest
    @ValueSource(strings = {"order-service", "inventory-service", "shipping-service"})
    void a_start_that_was_killed_between_two_statements_of_a_migration_can_be_repeated(String service)
            throws Exception {
        List<Resource> migrations = migrations(service);
        for (int i = 0; i < migrations.size(); i++) {
            List<String> statements = statements(migrations.get(i));
            for (int done = 1; done <= statements.size(); done++) {
                DataSource database = database();
                if (i > 0) {
                    flyway(database, service).target(Integer.toString(i)).load().migrate();
                }
                execute(database, statements.subList(0, done));

                flyway(database, service)
                        .baselineOnMigrate(i == 0)
                        .baselineVersion("0")
                        .load()
                        .migrate();

                assertThat(schema(database)).isEqualTo(wholeSchema(service));
            }
        }
    }

    private static List<String> wholeSchema(String service) {
        DataSource database = database();
        flyway(database, service).load().migrate();
        return schema(database);
    }

    private static FluentConfiguration flyway(DataSource database, String service) {
        return Flyway.configure().dataSource(database).locations("classpath:db/" + service);
    }

    private static DataSource database() {
        TestDatabase database = TestDatabase.h2();
        return new DriverManagerDataSource(database.url(), database.username(), "");
    }

    private static List<Resource> migrations(String service) throws Exception {
        return Arrays.stream(
                        new PathMatchingResourcePatternResolver().getResources("classpath*:db/" + service + "/V*.sql"))
                .sorted(Comparator.comparing(Resource::getFilename))
                .toList();
    }

    /** No migration has a semicolon within a comment or a text. */
    private static List<String> statements(Resource migration) throws IOException {
        String script = migration.getContentAsString(StandardCharsets.UTF_8).replaceAll("(?m)--.*$", "");
        return Arrays.stream(script.split(";")).filter(sql -> !sql.isBlank()).toList();
    }

    private static void execute(DataSource database, List<String> statements) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static List<String> schema(DataSource database) {
        JdbcTemplate jdbc = new JdbcTemplate(database);
        List<String> schema = new ArrayList<>(jdbc.queryForList(
                "select table_name || '.' || column_name || ' ' || data_type from information_schema.columns where"
                        + " table_schema = 'public' and table_name not like 'flyway%' order by 1",
                String.class));
        schema.addAll(jdbc.queryForList(
                "select table_name || '/' || index_name from information_schema.indexes where table_schema = 'public'"
                        + " and is_generated = false and table_name not like 'flyway%' order by 1",
                String.class));
        assertThat(schema).hasSizeGreaterThan(10);
        return schema;
    }
}
