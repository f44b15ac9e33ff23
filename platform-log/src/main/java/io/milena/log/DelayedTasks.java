package io.milena.log;

/** Runs a task later, off the caller's thread: deletion of files that readers may still be sending. */
@FunctionalInterface
public interface DelayedTasks {
    /** Runs everything at once on the caller's thread (tests, tools). */
    DelayedTasks IMMEDIATE = (task, delayMs) -> task.run();

    void schedule(Runnable task, long delayMs);
}
