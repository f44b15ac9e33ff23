package io.milena.raft.storage;

/** The storage of a node is not what it should be. The message is one line for the operator: what, where, and what to do. */
public final class StorageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StorageException(String message) {
        super(message);
    }

    public StorageException(String message, Throwable cause) {
        super(message, cause);
    }
}
