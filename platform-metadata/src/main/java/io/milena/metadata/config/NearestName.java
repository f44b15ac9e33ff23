package io.milena.metadata.config;

import java.util.Collection;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds what somebody may have meant: Levenshtein's edit distance. */
final class NearestName {
    private NearestName() {}

    /** The candidate with the smallest distance, if that is at most a third of the name's length. */
    static Optional<String> of(String name, Collection<String> candidates) {
        int limit = Math.max(2, name.length() / 3);
        @Nullable String best = null;
        for (String candidate : candidates) {
            if (Math.abs(candidate.length() - name.length()) <= limit) {
                int distance = distance(name, candidate, limit);
                if (distance <= limit) {
                    best = candidate;
                    limit = distance - 1;
                }
            }
        }
        return Optional.ofNullable(best);
    }

    private static int distance(String a, String b, int limit) {
        int[] previous = new int[b.length() + 1];
        int[] current = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            current[0] = i;
            int smallest = i;
            for (int j = 1; j <= b.length(); j++) {
                int substitution = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(substitution, 1 + Math.min(previous[j], current[j - 1]));
                smallest = Math.min(smallest, current[j]);
            }
            if (smallest > limit) {
                return limit + 1;
            }
            int[] swap = previous;
            previous = current;
            current = swap;
        }
        return previous[b.length()];
    }
}
