package io.milena.demo.load;

/** Something is wrong with what was asked for; the message says what, and what would be right. */
public final class UsageException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public UsageException(String message) {
        super(message);
    }
}
