package io.milena.metadata;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Putting changes over a small sorted map. */
final class Deltas {
    private Deltas() {}

    /** A sorted, unmodifiable copy of {@code base} with the changes; an empty change removes. */
    static <K extends Comparable<K>, V> Map<K, V> applied(Map<K, V> base, Map<K, Optional<V>> changes) {
        if (changes.isEmpty()) {
            return base;
        }
        Map<K, V> next = new TreeMap<>(base);
        changes.forEach((key, value) -> {
            if (value.isPresent()) {
                next.put(key, value.get());
            } else {
                next.remove(key);
            }
        });
        return Collections.unmodifiableMap(next);
    }
}
