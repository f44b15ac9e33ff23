package io.milena.demo.load;

import org.HdrHistogram.AbstractHistogram;

/** How long something took, in milliseconds. */
public record Latency(long count, double mean, double p50, double p90, double p99, double p999, double max) {

    /** @param histogram of microseconds */
    static Latency of(AbstractHistogram histogram) {
        return new Latency(
                histogram.getTotalCount(),
                histogram.getTotalCount() == 0 ? 0 : ms(histogram.getMean()),
                ms(histogram.getValueAtPercentile(50)),
                ms(histogram.getValueAtPercentile(90)),
                ms(histogram.getValueAtPercentile(99)),
                ms(histogram.getValueAtPercentile(99.9)),
                ms(histogram.getMaxValue()));
    }

    String asText() {
        return count == 0
                ? "-"
                : String.format(
                        "p50 %,.1f   p90 %,.1f   p99 %,.1f   p99.9 %,.1f   max %,.1f ms   (%,d)",
                        p50, p90, p99, p999, max, count);
    }

    private static double ms(double us) {
        return Math.round(us / 10) / 100.0;
    }
}
