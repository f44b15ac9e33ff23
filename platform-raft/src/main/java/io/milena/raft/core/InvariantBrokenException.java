package io.milena.raft.core;

/** Something happened that Raft's proof excludes. The node must stop: going on could lose committed data. */
public final class InvariantBrokenException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    public InvariantBrokenException(String message) {
        super(message);
    }
}
