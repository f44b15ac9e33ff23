package io.milena.broker.throttle;

import java.util.Arrays;

/** Bytes per second over a sliding window of samples. Thread-safe; time is an argument. */
final class RateWindow {
    private static final long NEVER = Long.MIN_VALUE;

    private final long sampleMs;
    private final long[] bytes;
    /** Which sample since time began a slot holds. */
    private final long[] numbers;

    private long firstMs = NEVER;

    /**
     * @param samples the window holds so many, the one in progress included
     * @param sampleMs length of each, ms
     */
    RateWindow(int samples, long sampleMs) {
        this.sampleMs = sampleMs;
        this.bytes = new long[samples];
        this.numbers = new long[samples];
        Arrays.fill(numbers, NEVER);
    }

    synchronized void record(long moreBytes, long nowMs) {
        if (moreBytes <= 0) {
            return;
        }
        long number = Math.floorDiv(nowMs, sampleMs);
        int slot = (int) Math.floorMod(number, (long) bytes.length);
        if (firstMs == NEVER || isOver(nowMs)) {
            firstMs = nowMs;
        }
        if (numbers[slot] != number) {
            numbers[slot] = number;
            bytes[slot] = 0;
        }
        bytes[slot] += moreBytes;
    }

    /** Bytes per second; at least one sample's length is assumed, so that the first bytes are no outburst. */
    synchronized double rate(long nowMs) {
        if (firstMs == NEVER || isOver(nowMs)) {
            return 0;
        }
        long oldest = Math.floorDiv(nowMs, sampleMs) - bytes.length + 1;
        long total = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (numbers[i] >= oldest) {
                total += bytes[i];
            }
        }
        long sinceMs = Math.max(firstMs, oldest * sampleMs);
        return total * 1000.0 / Math.max(sampleMs, nowMs - sinceMs);
    }

    /** Whether everything recorded has left the window. */
    private boolean isOver(long nowMs) {
        long oldest = Math.floorDiv(nowMs, sampleMs) - bytes.length + 1;
        return Arrays.stream(numbers).allMatch(number -> number < oldest);
    }
}
