package io.milena.testkit.sim;

import org.jspecify.annotations.Nullable;

/** Something that must always hold did not. */
public final class Violation extends AssertionError {
    private static final long serialVersionUID = 1L;

    public Violation(String message) {
        super(message);
    }

    public Violation(String message, Throwable cause) {
        super(message, cause);
    }

    private transient @Nullable Trace trace;

    /** The history that led to it. */
    public void happenedIn(Trace history) {
        trace = history;
    }

    /** The history that led to it, as far as it was kept; null if nobody said. */
    public @Nullable Trace trace() {
        return trace;
    }

    /** @param broken what is wrong if not {@code holds}, as for {@link String#format} */
    public static void unless(boolean holds, String broken, @Nullable Object... arguments) {
        if (!holds) {
            throw new Violation(broken.formatted(arguments));
        }
    }
}
