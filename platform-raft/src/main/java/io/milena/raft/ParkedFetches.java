package io.milena.raft;

import io.milena.raft.core.Effect;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;

/** Fetches that wait for something new. Raft thread only. */
final class ParkedFetches {
    /** Who asks to wait longer is answered with nothing then, and asks again. */
    static final int LONGEST_WAIT_MS = 30_000;

    /** More replicas than any cluster has: from then on nobody waits. */
    static final int MOST = 2_000;

    private final List<Parked> parked = new ArrayList<>();

    record Parked(Effect.ServeFetch fetch, long deadlineMs) {}

    boolean isFull() {
        return parked.size() >= MOST;
    }

    void park(Effect.ServeFetch fetch, long nowMs) {
        parked.add(new Parked(fetch, nowMs + Math.min(fetch.request().maxWaitMs(), LONGEST_WAIT_MS)));
    }

    /** Takes out those that {@code due} names. */
    List<Effect.ServeFetch> take(Predicate<Parked> due) {
        if (parked.isEmpty()) {
            return List.of();
        }
        List<Effect.ServeFetch> taken = new ArrayList<>();
        for (Iterator<Parked> each = parked.iterator(); each.hasNext(); ) {
            Parked fetch = each.next();
            if (due.test(fetch)) {
                each.remove();
                taken.add(fetch.fetch());
            }
        }
        return taken;
    }

    long nextDeadlineMs() {
        long next = Long.MAX_VALUE;
        for (Parked fetch : parked) {
            next = Math.min(next, fetch.deadlineMs());
        }
        return next;
    }
}
