package io.milena.starter.retry;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.starter.retry.Failure.Kind;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.transaction.CannotCreateTransactionException;

class FailureTest {

    private static final Throwable REDIS = new DataAccessResourceFailureException("redis is away");
    private static final Throwable BROKEN_CONNECTION =
            new IllegalStateException(new CannotGetJdbcConnectionException("no", new SQLException("no", "08006")));

    private final AtomicInteger asked = new AtomicInteger();

    @Test
    void a_resource_that_is_away_is_the_database_only_if_the_database_is_silent() {
        assertThat(kind(REDIS, false)).isEqualTo(Kind.DATABASE_AWAY);
        assertThat(kind(REDIS, true)).isEqualTo(Kind.EVENT);
        assertThat(kind(BROKEN_CONNECTION, false)).isEqualTo(Kind.DATABASE_AWAY);
    }

    @Test
    void a_database_that_is_back_already_or_another_one_is_worth_many_attempts() {
        assertThat(kind(BROKEN_CONNECTION, true)).isEqualTo(Kind.CONTENTION);
        assertThat(kind(new CannotCreateTransactionException("no"), true)).isEqualTo(Kind.CONTENTION);
    }

    @Test
    void a_database_that_answers_but_takes_nothing_is_as_good_as_away() {
        DataAccessResourceFailureException diskFull =
                new DataAccessResourceFailureException("no", new SQLException("no space left on device", "53100"));

        assertThat(kind(new NotParkedException(diskFull), true)).isEqualTo(Kind.DATABASE_AWAY);
        assertThat(kind(new NotParkedException(new CannotAcquireLockException("no")), true))
                .isEqualTo(Kind.DATABASE_AWAY);
        assertThat(asked).hasValue(0);
    }

    @Test
    void no_other_failure_asks_the_database() {
        assertThat(kind(new IllegalStateException("no"), false)).isEqualTo(Kind.EVENT);
        assertThat(kind(new CannotAcquireLockException("no"), false)).isEqualTo(Kind.CONTENTION);
        assertThat(asked).hasValue(0);
    }

    @Test
    void an_application_without_a_database_has_none_that_is_away() {
        assertThat(Failure.of(REDIS, new DatabaseProbe(null)).kind()).isEqualTo(Kind.EVENT);
    }

    private Kind kind(Throwable error, boolean databaseAnswers) {
        return Failure.of(error, () -> {
                    asked.incrementAndGet();
                    return databaseAnswers;
                })
                .kind();
    }
}
