package io.milena.starter.retry;

import io.milena.starter.event.UnreadableEventException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientConnectionException;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.transaction.CannotCreateTransactionException;

/**
 * Why an event was not handled.
 *
 * @param exception class name of the innermost cause
 * @param reason one sentence
 */
public record Failure(Kind kind, String exception, String reason) {

    private static final int LONGEST_REASON = 2_000;
    private static final int LONGEST_NAME = 500;

    /** Whose fault it is, and so what is to be done. */
    public enum Kind {
        /** No retry of this version can cure it. */
        UNREADABLE,
        /** Our own: every event would fare the same; nothing can be stored either. */
        DATABASE_AWAY,
        /** A lock, a deadlock, a statement that took too long, a connection that broke: many more attempts are owed than the budget has. */
        CONTENTION,
        /** The event's own, or its handler's. */
        EVENT
    }

    /** As the error reads: what tells of a database being away is taken for ours. */
    public static Failure of(Throwable error) {
        return of(error, () -> false);
    }

    /** @param databaseAnswers asked only when the error tells of something being away */
    public static Failure of(Throwable error, BooleanSupplier databaseAnswers) {
        UnreadableEventException unreadable = unreadable(error);
        if (unreadable != null) {
            return new Failure(Kind.UNREADABLE, unreadable.getClass().getName(), stored(unreadable.getMessage()));
        }
        Throwable innermost = error;
        while (innermost.getCause() != null && innermost.getCause() != innermost) {
            innermost = innermost.getCause();
        }
        return new Failure(
                kind(error, databaseAnswers),
                cut(innermost.getClass().getName(), LONGEST_NAME),
                stored(innermost.getClass().getSimpleName() + ": " + innermost.getMessage()));
    }

    private static Kind kind(Throwable error, BooleanSupplier databaseAnswers) {
        if (any(error, NotParkedException.class::isInstance)) {
            return Kind.DATABASE_AWAY; // as good as
        }
        if (any(error, Failure::tellsThatADatabaseIsAway)) {
            if (!databaseAnswers.getAsBoolean()) {
                return Kind.DATABASE_AWAY;
            }
            // back already, or not ours, as Redis would not be
            return any(error, t -> t instanceof SQLException || t instanceof CannotCreateTransactionException)
                    ? Kind.CONTENTION
                    : Kind.EVENT;
        }
        return any(error, t -> t instanceof ConcurrencyFailureException || t instanceof QueryTimeoutException)
                ? Kind.CONTENTION
                : Kind.EVENT;
    }

    private static boolean tellsThatADatabaseIsAway(Throwable error) {
        return error instanceof CannotCreateTransactionException
                || error instanceof DataAccessResourceFailureException
                || error instanceof TransientDataAccessResourceException
                || error instanceof RecoverableDataAccessException
                || error instanceof SQLTransientConnectionException
                || error instanceof SQLNonTransientConnectionException
                || error instanceof SQLRecoverableException
                || (error instanceof SQLException sql && tellsOfAConnection(sql.getSQLState()));
    }

    /** Class 08 of the standard; PostgreSQL's 57P: the server is told to stop, or starting. */
    private static boolean tellsOfAConnection(@Nullable String state) {
        return state != null && (state.startsWith("08") || state.startsWith("57P"));
    }

    private static @Nullable UnreadableEventException unreadable(Throwable error) {
        for (Throwable t = error; t != null; t = t.getCause() == t ? null : t.getCause()) {
            if (t instanceof UnreadableEventException unreadable) {
                return unreadable;
            }
        }
        return null;
    }

    private static boolean any(Throwable error, Predicate<Throwable> test) {
        for (Throwable t = error; t != null; t = t.getCause() == t ? null : t.getCause()) {
            if (test.test(t)) {
                return true;
            }
        }
        return false;
    }

    /** As it can be stored: PostgreSQL refuses the character 0 in text. */
    private static String stored(@Nullable String text) {
        return cut(String.valueOf(text).replace('\0', ' '), LONGEST_REASON);
    }

    private static String cut(String text, int length) {
        return text.length() <= length ? text : text.substring(0, length - 1) + "…";
    }
}
