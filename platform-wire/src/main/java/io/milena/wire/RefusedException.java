package io.milena.wire;

/** The peer sent what the protocol does not allow: its connection is closed, with a log line that names it. */
final class RefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    RefusedException(String reason) {
        super(reason, null, false, false);
    }
}
