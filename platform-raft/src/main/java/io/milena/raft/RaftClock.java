package io.milena.raft;

/** The clocks a raft node looks at. Any thread. */
public interface RaftClock {
    /** For time-outs: milliseconds that never jump nor fall. */
    long nowMs();

    /** For what others will read: milliseconds since the Unix epoch. */
    long wallMs();

    /** The machine's. */
    static RaftClock system() {
        return new MonotonicClock();
    }
}
