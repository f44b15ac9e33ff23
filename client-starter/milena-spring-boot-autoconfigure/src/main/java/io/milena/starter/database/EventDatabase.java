package io.milena.starter.database;

import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The database of outbox, inbox and parked events. An application with several declares a bean of this type to say which.
 *
 * @param jdbc on the DataSource that holds the tables
 * @param transactions whose transactions {@code jdbc} joins
 */
public record EventDatabase(JdbcOperations jdbc, PlatformTransactionManager transactions) {

    /**
     * The database behind a DataSource, with the manager of its transactions.
     *
     * @param managers all of the application, by their names
     * @param preferred the one it marks as primary; taken only if it is of this DataSource
     * @throws NoTransactionManagerException if none of them, or more than one, is of this DataSource
     */
    public static EventDatabase of(
            DataSource dataSource,
            JdbcOperations jdbc,
            Map<String, PlatformTransactionManager> managers,
            @Nullable PlatformTransactionManager preferred) {
        return new EventDatabase(jdbc, TransactionManagers.of(dataSource, managers, preferred));
    }

    /** As {@link #of(DataSource, JdbcOperations, Map, PlatformTransactionManager)}, where it is known which manager it is. */
    public static EventDatabase of(DataSource dataSource, PlatformTransactionManager transactions) {
        return new EventDatabase(new JdbcTemplate(dataSource), transactions);
    }

    /** Runs work in a transaction of this database, that of the caller if there is one. */
    public TransactionTemplate inTransaction() {
        return new TransactionTemplate(transactions);
    }
}
