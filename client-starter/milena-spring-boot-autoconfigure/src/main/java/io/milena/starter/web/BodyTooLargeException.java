package io.milena.starter.web;

import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;

/** A request's body has more bytes than it may: 413, where the service does not say it in its own way. */
public final class BodyTooLargeException extends ResponseStatusException {
    private static final long serialVersionUID = 1L;
    private final long limit;

    BodyTooLargeException(long limit) {
        super(HttpStatus.CONTENT_TOO_LARGE, "a body may have " + limit + " bytes; this one has more");
        this.limit = limit;
    }

    /** Bytes that a body may have. */
    public long limit() {
        return limit;
    }
}
