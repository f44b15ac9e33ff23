package io.milena.testkit.process;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Waits for what comes about by itself. */
public final class Await {
    private static final long POLL_MS = 20;

    private Await() {}

    /** Says what is still missing. */
    @FunctionalInterface
    public interface Gap {
        /** Null if nothing is missing. An exception means "cannot say yet". */
        @Nullable
        String find() throws Exception;
    }

    /**
     * Returns when the condition holds; an exception of the condition counts as "not yet".
     *
     * @param what completes the sentence "In 10000 ms it did not come about that …"
     * @throws IllegalStateException if the time is up; its cause is the condition's last exception
     */
    public static void until(String what, Duration atMost, Callable<Boolean> condition) {
        nothingMissing(atMost, () -> condition.call() ? null : what);
    }

    /**
     * Returns when nothing is missing any more.
     *
     * @throws IllegalStateException if the time is up, with what was missing last
     */
    public static void nothingMissing(Duration atMost, Gap gap) {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (true) {
            String missing;
            Exception last = null;
            try {
                missing = gap.find();
            } catch (InterruptedException e) {
                throw interrupted(e);
            } catch (Exception notYet) {
                missing = notYet.toString();
                last = notYet;
            }
            if (missing == null) {
                return;
            }
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException(
                        "In " + atMost.toMillis() + " ms it did not come about: " + missing, last);
            }
            pause(POLL_MS);
        }
    }

    /** Sleeps; an interrupt ends the caller's work. */
    public static void pause(long ms) {
        try {
            Thread.sleep(ms);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** An interrupt ends what the caller does; the thread stays interrupted. */
    public static IllegalStateException interrupted(InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new IllegalStateException("Interrupted while waiting", cause);
    }
}
