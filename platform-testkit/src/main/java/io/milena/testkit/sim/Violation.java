package io.milena.testkit.sim;

/** Something that must always hold did not. */
public final class Violation extends AssertionError {
    private static final long serialVersionUID = 1L;

    public Violation(String message) {
        super(message);
    }

    public Violation(String message, Throwable cause) {
        super(message, cause);
    }

    /** @param broken what is wrong if not {@code holds}, as for {@link String#format} */
    public static void unless(boolean holds, String broken, Object... arguments) {
        if (!holds) {
            throw new Violation(broken.formatted(arguments));
        }
    }
}
