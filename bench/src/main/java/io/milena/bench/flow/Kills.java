package io.milena.bench.flow;

import io.milena.bench.flow.KillTargets.Kind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Who was killed.
 *
 * @param victims one sentence each
 * @param byKind how many of each
 * @param together how often two kinds were killed at once
 * @param whileStarting services that died before they were ready again
 * @param secondsToReady of each service from its start until it said that it was ready
 */
record Kills(
        List<String> victims, Map<Kind, Integer> byKind, int together, int whileStarting, List<Double> secondsToReady) {

    Kills {
        victims = List.copyOf(victims);
        byKind = new EnumMap<>(byKind);
        secondsToReady = secondsToReady.stream().sorted().toList();
    }

    int count() {
        return victims.size();
    }

    String asText() {
        List<String> words = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            words.add(byKind.getOrDefault(kind, 0) + " " + kind.name().toLowerCase(Locale.ROOT) + "s");
        }
        return count() + " kills: " + String.join(", ", words) + "; two kinds at once: " + together
                + "; services killed while they started: " + whileStarting;
    }

    /** How soon services came back; empty if none did. */
    String returnsAsText() {
        if (secondsToReady.isEmpty()) {
            return "no service had to come back";
        }
        return String.format(
                Locale.ROOT,
                "services were ready again %.1f s after their start (median of %d; %.1f to %.1f)",
                secondsToReady.get(secondsToReady.size() / 2),
                secondsToReady.size(),
                secondsToReady.get(0),
                secondsToReady.get(secondsToReady.size() - 1));
    }

    Map<String, Object> asJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        byKind.forEach((kind, number) -> json.put(kind.name().toLowerCase(Locale.ROOT) + "s", number));
        json.put("together", together);
        json.put("whileStarting", whileStarting);
        json.put("secondsToReady", secondsToReady);
        json.put("victims", victims);
        return json;
    }
}
