package io.milena.testkit.chaos;

import java.util.ArrayList;
import java.util.List;

/** What did not hold. Thread-safe; keeps the first hundred, counts the rest. */
final class Violations {
    private static final int KEPT = 100;

    private final List<String> found = new ArrayList<>();
    private int count;

    synchronized void add(String what) {
        if (count++ < KEPT) {
            found.add(what);
        }
    }

    synchronized List<String> found() {
        List<String> all = new ArrayList<>(found);
        if (count > KEPT) {
            all.add("and " + (count - KEPT) + " more");
        }
        return all;
    }

    synchronized boolean isEmpty() {
        return count == 0;
    }
}
