package io.milena.starter.listener;

import io.milena.starter.event.UnreadableEventException;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.util.backoff.BackOff;
import org.springframework.util.backoff.ExponentialBackOff;

/** How long a failed event is tried again, by what went wrong. */
final class Failures {

    private final BackOff forEvents;
    private final BackOff forSurroundings;

    Failures(ListenerProperties.Retry retry) {
        ExponentialBackOff bounded = backOff(retry);
        bounded.setMaxAttempts(retry.maxRetries());
        this.forEvents = bounded;
        this.forSurroundings = backOff(retry);
    }

    /** Without end while the surroundings are broken; null (the default: {@link #forEvents}) otherwise. */
    @Nullable
    BackOff backOffFor(Throwable error) {
        return surroundingsAreBroken(error) ? forSurroundings : null;
    }

    BackOff forEvents() {
        return forEvents;
    }

    /** A database that is away is no fault of the event, and the next event would fare no better. */
    static boolean surroundingsAreBroken(@Nullable Throwable error) {
        for (Throwable t = error; t != null; t = t.getCause() == t ? null : t.getCause()) {
            if (t instanceof CannotCreateTransactionException
                    || t instanceof DataAccessResourceFailureException
                    || t instanceof TransientDataAccessException) {
                return true;
            }
        }
        return false;
    }

    /** The sentence that says why: of an unreadable event what is wrong with it, otherwise the innermost cause. */
    static String reason(Throwable error) {
        Throwable innermost = error;
        for (Throwable t = error; t != null; t = t.getCause() == t ? null : t.getCause()) {
            if (t instanceof UnreadableEventException unreadable) {
                return String.valueOf(unreadable.getMessage());
            }
            innermost = t;
        }
        return innermost.getClass().getSimpleName() + ": " + innermost.getMessage();
    }

    private static ExponentialBackOff backOff(ListenerProperties.Retry retry) {
        ExponentialBackOff backOff =
                new ExponentialBackOff(retry.initialInterval().toMillis(), retry.multiplier());
        backOff.setMaxInterval(retry.maxInterval().toMillis());
        return backOff;
    }
}
