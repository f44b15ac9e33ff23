package io.milena.wire;

import java.io.Serial;

/** A request has more elements than an event loop takes the time for. */
final class TooLargeForLoopException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    TooLargeForLoopException() {
        super("has more than " + RequestReader.MAX_ELEMENTS_ON_LOOP + " elements", null, false, false);
    }
}
