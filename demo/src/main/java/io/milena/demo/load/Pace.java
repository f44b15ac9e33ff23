package io.milena.demo.load;

import java.util.concurrent.TimeUnit;

/**
 * When the n-th order is due, whatever became of those before: a slow service does not slow the clock. Latencies are counted from that
 * moment, so what had to wait for a free customer tells of it.
 *
 * @param perSecond orders a second; 0 for as fast as customers get answers
 */
public record Pace(double perSecond) {

    public static final Pace FULL_SPEED = new Pace(0);

    /** @return nanoseconds after the beginning; {@code nowNs} at full speed */
    long dueNs(long number, long nowNs) {
        return perSecond == 0 ? nowNs : (long) (number / perSecond * TimeUnit.SECONDS.toNanos(1));
    }

    @Override
    public String toString() {
        return perSecond == 0 ? "full speed" : String.format("%,.1f orders/s", perSecond);
    }
}
