package io.milena.metadata.config;

import java.util.List;

/** A node's configuration cannot be used. Says everything that is wrong at once, a line each. */
public final class InvalidNodeConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<String> errors;

    InvalidNodeConfigException(List<String> errors) {
        super(String.join(System.lineSeparator(), errors));
        this.errors = List.copyOf(errors);
    }

    /** One line per error: "key: what is wrong; got …; what to do". */
    public List<String> errors() {
        return errors;
    }
}
