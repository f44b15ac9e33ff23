package io.milena.demo.load;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/** How long things took: up to a day, with three digits, in memory that does not grow. From any thread. */
final class Latencies {

    private static final long LONGEST_US = TimeUnit.HOURS.toMicros(24);
    private static final int DIGITS = 3;

    private final Recorder recorder = new Recorder(LONGEST_US, DIGITS);
    private final Histogram all = new Histogram(LONGEST_US, DIGITS);

    void record(long ns) {
        recorder.recordValue(Math.min(LONGEST_US, Math.max(0, ns / 1_000)));
    }

    /** All that was recorded until now. */
    synchronized Latency soFar() {
        all.add(recorder.getIntervalHistogram());
        return Latency.of(all);
    }
}
