package io.milena.testkit.sim;

/**
 * The clocks of one machine. The monotonic one runs a little too fast or too slow; the wall clock besides jumps when somebody sets
 * it.
 */
public final class HostClock {
    /** Far enough from 0 that nothing takes it for "never". 2026-01-01. */
    private static final long EPOCH_MS = 1_767_225_600_000L;

    private final Host host;
    private double rate = 1;
    private long anchorUs;
    private long anchorMs;
    private long jumpMs;

    HostClock(Host host) {
        this.host = host;
        this.anchorMs = EPOCH_MS;
    }

    /** Milliseconds that never jump nor fall: {@code System.nanoTime} on top of the wall time at the first boot. */
    public long nowMs() {
        return msAt(host.nowUs());
    }

    /** What {@link #nowMs} says at this true time, if nobody touches the clock until then. */
    public long msAt(long trueUs) {
        return anchorMs + (long) ((trueUs - anchorUs) * rate / 1_000);
    }

    /** How far the wall clock is ahead of the monotonic one. */
    public long jumpedMs() {
        return jumpMs;
    }

    /** {@code System.currentTimeMillis}. */
    public long wallMs() {
        return nowMs() + jumpMs;
    }

    /** From now on a second lasts {@code 1 / rate} true seconds. */
    public void drift(double newRate) {
        anchorMs = nowMs();
        anchorUs = host.nowUs();
        rate = newRate;
    }

    /** Somebody sets the wall clock. */
    public void jump(long byMs) {
        jumpMs += byMs;
    }

    /** True microseconds until this clock has moved on by {@code delayMs}. */
    public long trueUs(long delayMs) {
        return (long) Math.ceil(delayMs * 1_000 / rate) + 1;
    }
}
