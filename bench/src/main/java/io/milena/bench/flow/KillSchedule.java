package io.milena.bench.flow;

import io.milena.bench.flow.KillTargets.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/**
 * Says what is killed next, so that every kind gets its third, whatever the dice: kinds come from a pack that holds each once and is shuffled anew when it is
 * empty. Every so often two different kinds die at once. The same seed gives the same schedule. Not thread-safe.
 */
final class KillSchedule {

    private static final int ONE_IN_SO_MANY_IS_DOUBLE = 5;

    private final Random dice;
    private final Deque<Kind> pack = new ArrayDeque<>();

    KillSchedule(Random dice) {
        this.dice = dice;
    }

    /** @param most how many processes it may kill, at least one */
    KillTargets next(int most) {
        Kind first = draw();
        if (most < 2 || dice.nextInt(ONE_IN_SO_MANY_IS_DOUBLE) > 0) {
            return new KillTargets(List.of(first));
        }
        Kind second = draw();
        if (second == first) {
            pack.addFirst(second);
            return new KillTargets(List.of(first));
        }
        return new KillTargets(List.of(first, second));
    }

    private Kind draw() {
        if (pack.isEmpty()) {
            List<Kind> fresh = new ArrayList<>(List.of(Kind.values()));
            Collections.shuffle(fresh, dice);
            pack.addAll(fresh);
        }
        return pack.remove();
    }
}
