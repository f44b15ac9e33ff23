package io.milena.raft;

import io.milena.raft.core.Effect;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;

/** Fetches that wait for something new. Raft thread only. */
final class ParkedFetches {
    private final List<Parked> parked = new ArrayList<>();

    record Parked(Effect.ServeFetch fetch, long deadlineMs) {}

    void park(Effect.ServeFetch fetch, long nowMs) {
        parked.add(new Parked(fetch, nowMs + fetch.request().maxWaitMs()));
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
