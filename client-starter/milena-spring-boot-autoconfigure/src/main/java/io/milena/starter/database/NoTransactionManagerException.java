package io.milena.starter.database;

/** It cannot be told which transactions outbox and inbox are to join. */
public final class NoTransactionManagerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NoTransactionManagerException(String message) {
        super(message);
    }
}
