package io.milena.coordinator.runtime;

import java.util.concurrent.TimeUnit;

/** The two clocks of a coordinator. Any thread. */
public interface CoordinatorTime {

    /** The clocks of this machine. */
    CoordinatorTime SYSTEM = new CoordinatorTime() {
        @Override
        public long monotonicMs() {
            return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
        }

        @Override
        public long wallClockMs() {
            return System.currentTimeMillis();
        }
    };

    /** Milliseconds that only go forward, for time-outs. */
    long monotonicMs();

    /** Milliseconds since 1970, for time stamps in records. */
    long wallClockMs();
}
