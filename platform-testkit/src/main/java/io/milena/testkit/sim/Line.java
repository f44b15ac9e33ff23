package io.milena.testkit.sim;

import java.util.ArrayList;
import java.util.List;

/** A connection as the side sees it that was called: the same for all requests of one process until it breaks. */
public final class Line {
    private final long id;
    private final int fromHost;
    private final Life to;
    private final List<Runnable> onBroken = new ArrayList<>();
    private boolean open = true;

    Line(long id, int fromHost, Life to) {
        this.id = id;
        this.fromHost = fromHost;
        this.to = to;
    }

    /** No other line has it. */
    public long id() {
        return id;
    }

    /** Who called. */
    public int fromHost() {
        return fromHost;
    }

    /** The process that was called. */
    public Life to() {
        return to;
    }

    public boolean isOpen() {
        return open;
    }

    /** Runs {@code what} within an event of the called process when the line breaks; at once if it is broken. */
    public void onBroken(Runnable what) {
        if (open) {
            onBroken.add(what);
        } else {
            to.execute(what);
        }
    }

    void breakAt(long timeUs) {
        open = false;
        onBroken.forEach(what -> to.atUs(timeUs, what));
        onBroken.clear();
    }
}
