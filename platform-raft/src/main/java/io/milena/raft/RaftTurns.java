package io.milena.raft;

/**
 * The raft thread's work in pieces, for who brings the thread: instead of {@link RaftNode#start()}. All calls come from one
 * thread. A fault that stops the node is thrown here, after {@link RaftNodeConfig#onFatalFault()} was told.
 */
public final class RaftTurns {
    private final RaftDriver driver;

    RaftTurns(RaftDriver driver) {
        this.driver = driver;
    }

    /** The first step: takes up the election state from the disk. */
    public void begin() {
        guarded(driver::begin);
    }

    /** Does what other threads asked for, and what is due by now. */
    public void turn() {
        guarded(driver::turn);
    }

    /** When a turn is due though nobody asked for anything, on the node's {@link RaftClock#nowMs()}. */
    public long nextDeadlineMs() {
        return driver.nextDeadlineMs();
    }

    /** Whether somebody asked for something since the last turn. */
    public boolean hasTasks() {
        return driver.hasTasks();
    }

    private void guarded(Runnable work) {
        try {
            work.run();
        } catch (Throwable fault) {
            driver.stopOn(fault);
            throw fault;
        }
    }
}
