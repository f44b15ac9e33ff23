package io.milena.testkit.sim.disk;

/** The machine's power is gone while its process is using the disk; unwinds the process. */
public final class PowerLostException extends Error {
    private static final long serialVersionUID = 1L;

    PowerLostException(String where) {
        super(where, null, false, false);
    }
}
