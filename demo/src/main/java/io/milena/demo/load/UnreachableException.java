package io.milena.demo.load;

/** No answer came: the connection was refused or broke, or the time was up. Whether the request had an effect is unknown. */
public final class UnreachableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnreachableException(String message, Throwable cause) {
        super(message, cause);
    }
}
