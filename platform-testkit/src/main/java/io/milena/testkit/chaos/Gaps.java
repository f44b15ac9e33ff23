package io.milena.testkit.chaos;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * The longest time without a success, for each of several things that should succeed all the time, since {@link #begin}. Thread-safe;
 * times are those of {@code System.nanoTime}.
 */
final class Gaps {
    private final long[] lastNs;
    private final long[] longestNs;
    private final long[] successes;

    Gaps(int things, long nowNs) {
        lastNs = new long[things];
        longestNs = new long[things];
        successes = new long[things];
        Arrays.fill(lastNs, nowNs);
    }

    /** Begins to measure anew; the successes before still count as such. */
    synchronized void begin() {
        Arrays.fill(longestNs, 0);
        Arrays.fill(successes, 0);
    }

    synchronized void success(int thing, long nowNs) {
        longestNs[thing] = Math.max(longestNs[thing], nowNs - lastNs[thing]);
        lastNs[thing] = nowNs;
        successes[thing]++;
    }

    /** Of the thing that fared worst, in milliseconds. */
    synchronized long longestMs(long nowNs) {
        long longest = 0;
        for (int i = 0; i < lastNs.length; i++) {
            longest = Math.max(longest, Math.max(longestNs[i], nowNs - lastNs[i]));
        }
        return TimeUnit.NANOSECONDS.toMillis(longest);
    }

    /** Which have not succeeded after a moment, or -1. */
    synchronized int notSince(long momentNs) {
        for (int i = 0; i < lastNs.length; i++) {
            if (lastNs[i] - momentNs <= 0) {
                return i;
            }
        }
        return -1;
    }
}
