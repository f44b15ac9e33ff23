package io.milena.orders.progress;

/** This instance serves as many event streams as it may. */
public final class TooManyStreamsException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    TooManyStreamsException(int limit) {
        super(limit + " event streams are open, and no more are served at a time");
    }
}
