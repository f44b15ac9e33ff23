package io.milena.starter.event;

import org.jspecify.annotations.Nullable;

/** A record that is no event this service can read, today or on any retry. It belongs on the dead letter topic. */
public final class UnreadableEventException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public UnreadableEventException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
