package io.milena.log;

import java.time.InstantSource;

/**
 * The world around a log.
 *
 * @param clock wall clock
 * @param failures told of storage failures
 * @param delayedTasks runs file deletions after {@code file.delete.delay.ms}
 */
public record LogEnvironment(InstantSource clock, StorageFailureListener failures, DelayedTasks delayedTasks) {
    /** System clock, failures only logged, deletions at once. */
    public static LogEnvironment standalone() {
        return standalone(InstantSource.system());
    }

    /** Failures only logged, deletions at once. */
    public static LogEnvironment standalone(InstantSource clock) {
        return new LogEnvironment(clock, (dir, what, cause) -> {}, DelayedTasks.IMMEDIATE);
    }
}
