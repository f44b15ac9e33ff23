package io.milena.starter.retry;

/** A failing event could not be parked for now: the database does answer, but takes nothing. No fault of the event. */
public final class NotParkedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public NotParkedException(RuntimeException cause) {
        super("the event cannot be parked for now: " + cause.getMessage(), cause);
    }
}
