package io.milena.raft;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Bounds what peers can make this node log: the same warning at most once a minute, and so many different ones in that time. What was
 * left out is counted and told with the next. Raft thread only.
 */
final class WarningLimit {
    static final long PERIOD_MS = 60_000;
    static final int MOST_PER_PERIOD = 50;

    private final RaftClock clock;
    private final Consumer<String> log;
    private final Map<Object, Integer> repeats = new HashMap<>();
    private long periodEndMs = Long.MIN_VALUE;

    WarningLimit(RaftClock clock, Consumer<String> log) {
        this.clock = clock;
        this.log = log;
    }

    /** @param key equal for warnings that say the same */
    void warn(Object key, String text) {
        long nowMs = clock.nowMs();
        if (nowMs >= periodEndMs) {
            tellWhatWasLeftOut();
            periodEndMs = nowMs + PERIOD_MS;
        }
        if (repeats.merge(repeats.size() < MOST_PER_PERIOD ? key : "other", 1, Integer::sum) == 1) {
            log.accept(text);
        }
    }

    private void tellWhatWasLeftOut() {
        int leftOut = repeats.values().stream().mapToInt(times -> times - 1).sum();
        repeats.clear();
        if (leftOut > 0) {
            log.accept(leftOut + " more warnings like those before were left out in " + PERIOD_MS / 1_000 + " s");
        }
    }
}
