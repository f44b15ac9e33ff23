package io.milena.raft;

/** Wall time that never jumps: taken once, then counted by the monotonic clock. */
final class MonotonicClock implements RaftClock {
    private final long startMs = System.currentTimeMillis();
    private final long startNs = System.nanoTime();

    @Override
    public long nowMs() {
        return startMs + (System.nanoTime() - startNs) / 1_000_000;
    }

    @Override
    public long wallMs() {
        return System.currentTimeMillis();
    }
}
