package io.milena.bench.flow;

import io.milena.bench.flow.Blow.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/**
 * Deals blows so that every kind gets its third, whatever the dice: kinds come from a pack that holds each once and is shuffled anew when it is
 * empty. Every so often two different kinds die at once. The same seed deals the same. Not thread-safe.
 */
final class Dealer {

    private static final int ONE_IN_SO_MANY_IS_DOUBLE = 5;

    private final Random dice;
    private final Deque<Kind> pack = new ArrayDeque<>();

    Dealer(Random dice) {
        this.dice = dice;
    }

    /** @param most how many processes it may kill, at least one */
    Blow deal(int most) {
        Kind first = draw();
        if (most < 2 || dice.nextInt(ONE_IN_SO_MANY_IS_DOUBLE) > 0) {
            return new Blow(List.of(first));
        }
        Kind second = draw();
        if (second == first) {
            pack.addFirst(second);
            return new Blow(List.of(first));
        }
        return new Blow(List.of(first, second));
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
