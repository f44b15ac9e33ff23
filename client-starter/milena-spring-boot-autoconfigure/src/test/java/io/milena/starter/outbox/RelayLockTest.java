package io.milena.starter.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.milena.starter.testing.TestDatabase;
import io.milena.starter.testing.TestPostgres;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;
import org.springframework.transaction.support.TransactionTemplate;

/** A machine that is gone closes no connection: on PostgreSQL its session would keep the relay's lock until TCP gives up, after hours. */
class RelayLockTest {

    private final DataSource dataSource = dataSource();
    private final OutboxStore store = new OutboxStore(new JdbcTemplate(dataSource));
    private final TransactionTemplate transactions =
            new TransactionTemplate(new DataSourceTransactionManager(dataSource));

    @Test
    void theLockOfASilentInstanceIsTakenAway() {
        store.createLock();
        assertThatThrownBy(() -> transactions.executeWithoutResult(silent -> {
                    assertThat(store.tryLock(Duration.ofMillis(500))).isTrue();
                    assertThat(lockedByAnother()).isFalse();
                    await().atMost(Duration.ofSeconds(10)).until(this::lockedByAnother);
                }))
                .as("the silent instance's own commit")
                .isInstanceOf(RuntimeException.class);
    }

    private boolean lockedByAnother() {
        CompletableFuture<Boolean> another = CompletableFuture.supplyAsync(
                () -> Boolean.TRUE.equals(transactions.execute(status -> store.tryLock(Duration.ofSeconds(10)))));
        return another.join();
    }

    private static DataSource dataSource() {
        TestDatabase database = TestPostgres.shared().fresh();
        DriverManagerDataSource source = new DriverManagerDataSource(database.url(), database.username(), "");
        new ResourceDatabasePopulator(new ClassPathResource("io/milena/starter/schema.sql")).execute(source);
        return source;
    }
}
