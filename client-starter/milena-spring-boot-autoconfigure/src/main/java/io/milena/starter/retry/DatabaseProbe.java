package io.milena.starter.retry;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcOperations;

/**
 * Asks the application's own database for a sign of life: an error that tells of a resource being away may tell of another one. Takes as long as
 * a connection takes, two seconds more at most; asked outside of transactions, after failures only. Thread-safe.
 */
public final class DatabaseProbe implements BooleanSupplier {

    private static final Logger log = LoggerFactory.getLogger(DatabaseProbe.class);
    private static final int LONGEST_ANSWER_SECONDS = 2;
    /** Whoever asks again about the same failure need not wait for a connection again. */
    private static final Duration SILENCE_LASTS = Duration.ofSeconds(1);

    private final @Nullable JdbcOperations jdbc;
    private volatile long silentUntilNs = System.nanoTime();

    /** @param jdbc null: the application has no database, so none of its own can be away */
    public DatabaseProbe(@Nullable JdbcOperations jdbc) {
        this.jdbc = jdbc;
    }

    /** Whether it answers. */
    @Override
    public boolean getAsBoolean() {
        if (jdbc == null) {
            return true;
        }
        if (System.nanoTime() - silentUntilNs < 0) {
            return false;
        }
        boolean answers = asked(jdbc);
        if (!answers) {
            silentUntilNs = System.nanoTime() + SILENCE_LASTS.toNanos();
        }
        return answers;
    }

    private static boolean asked(JdbcOperations jdbc) {
        try {
            ConnectionCallback<Boolean> question = connection -> connection.isValid(LONGEST_ANSWER_SECONDS);
            return Boolean.TRUE.equals(jdbc.execute(question));
        } catch (DataAccessException e) {
            log.debug("The database does not answer", e);
            return false;
        }
    }
}
