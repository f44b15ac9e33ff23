package io.milena.raft;

/** Records or a snapshot from the leader cannot be used; nothing of it was written to the log. */
final class RejectedFromLeaderException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String why;

    RejectedFromLeaderException(String what, Throwable cause) {
        super(what, cause);
        why = what + ": " + cause.getMessage();
    }

    String why() {
        return why;
    }
}
