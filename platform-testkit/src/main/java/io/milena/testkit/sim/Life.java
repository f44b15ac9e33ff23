package io.milena.testkit.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/** One run of a process, from boot to death. What it has scheduled dies with it. */
public final class Life implements Executor {
    private final Host host;
    private final List<Runnable> atDeath = new ArrayList<>();
    private boolean alive = true;
    private boolean peersNotice = true;

    Life(Host host) {
        this.host = host;
    }

    public Host host() {
        return host;
    }

    public boolean isAlive() {
        return alive;
    }

    /** Whether the machine was there to close the dead process's connections. */
    boolean peersNotice() {
        return peersNotice;
    }

    /** Milliseconds of the machine's monotonic clock. */
    public long nowMs() {
        return host.clock().nowMs();
    }

    /** Does {@code what} when this machine's clock has moved on by {@code delayMs}. */
    public void after(long delayMs, Runnable what) {
        atUs(host.nowUs() + host.clock().trueUs(delayMs), what);
    }

    /** Does {@code what} at this true time, or as soon as the machine is free after it. */
    public void atUs(long timeUs, Runnable what) {
        host.world().at(timeUs, () -> whenFree(what));
    }

    /** As another thread would: soon, but not within the present event. */
    @Override
    public void execute(Runnable what) {
        atUs(host.nowUs(), what);
    }

    private void whenFree(Runnable what) {
        if (!alive) {
            return;
        }
        if (host.busyUntilUs() > host.world().nowUs()) {
            atUs(host.busyUntilUs(), what);
        } else {
            run(what);
        }
    }

    /** Does {@code what} now, if the process lives; an exception ends it. */
    void run(Runnable what) {
        if (!alive) {
            return;
        }
        try {
            what.run();
        } catch (Throwable fault) {
            host.failed(fault);
            return;
        }
        if (alive && host.disk().isPowerLost()) {
            host.cutPower();
        }
    }

    /** When the process ends, however it ends, outside of it: for what the network or the test must forget. */
    public void atDeath(Runnable what) {
        atDeath.add(what);
    }

    void die(boolean noticed) {
        alive = false;
        peersNotice = noticed;
        atDeath.forEach(Runnable::run);
        atDeath.clear();
    }
}
