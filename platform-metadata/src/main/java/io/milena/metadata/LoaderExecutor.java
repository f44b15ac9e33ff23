package io.milena.metadata;

import java.util.concurrent.Executor;

/** Runs the tasks of a {@link MetadataLoader} one after the other, in order; a task may also be asked for later. */
public interface LoaderExecutor extends Executor {
    /** Runs {@code task} like any other, but not before {@code delayMs} ms have passed. */
    void schedule(Runnable task, long delayMs);
}
