package io.milena.demo;

/** The user asked for something that cannot be done; the message says what and how to ask instead. */
final class UsageException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }
}
