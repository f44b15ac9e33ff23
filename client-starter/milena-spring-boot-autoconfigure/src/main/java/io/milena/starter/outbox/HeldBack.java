package io.milena.starter.outbox;

import java.time.Clock;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** What may not be tried before its pause is over; each pause twice as long as the one before. For one thread. */
final class HeldBack<T> {

    private static final long SHORTEST_MS = 100;

    private final Clock clock;
    private final long longestMs;
    private final Map<T, Pause> pauses = new HashMap<>();

    HeldBack(Clock clock, long longestMs) {
        this.clock = clock;
        this.longestMs = longestMs;
    }

    private record Pause(long untilMs, long lengthMs) {}

    /** A set of the caller's own. */
    Set<T> now() {
        long nowMs = clock.millis();
        Set<T> held = new HashSet<>();
        pauses.forEach((what, pause) -> {
            if (pause.untilMs() > nowMs) {
                held.add(what);
            }
        });
        return held;
    }

    /** True if it had not been held back before. */
    boolean hold(T what) {
        Pause before = pauses.get(what);
        long lengthMs = before == null ? SHORTEST_MS : Math.min(longestMs, before.lengthMs() * 2);
        pauses.put(what, new Pause(clock.millis() + lengthMs, lengthMs));
        return before == null;
    }

    void release(T what) {
        if (!pauses.isEmpty()) {
            pauses.remove(what);
        }
    }
}
