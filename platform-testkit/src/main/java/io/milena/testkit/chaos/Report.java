package io.milena.testkit.chaos;

import java.io.PrintStream;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A run in words for people, and as JSON for programs. */
final class Report {
    private static final long[] BUCKETS_MS = {100, 300, 1_000, 3_000, 10_000};
    private static final String ROUND = "%5s  %-20s %-14s %-14s %12s %12s %9s%n";
    private static final String TABLE = "%-20s %6s %8s %8s %8s  | %6s %6s %6s %6s %6s %6s%n";

    private final String engine;
    private final String shape;
    private final long seed;

    Report(String engine, String shape, long seed) {
        this.engine = engine;
        this.shape = shape;
        this.seed = seed;
    }

    void head(PrintStream out) {
        out.println(engine + ", " + shape + ", seed " + seed + ". Sessions: broker "
                + ChaosRun.SETTINGS.get("broker.session.timeout.ms") + " ms, replica lag "
                + ChaosRun.SETTINGS.get("replica.lag.time.max.ms") + " ms; clients' request time-out "
                + Clients.REQUEST_TIMEOUT_MS + " ms. Times in ms.");
        out.printf(ROUND, "round", "victim", "fault", "nodes", "unavailable", "metadata", "round");
    }

    void round(PrintStream out, Outcome outcome) {
        String nodes = outcome.nodes().stream().map(Object::toString).collect(Collectors.joining(","));
        out.printf(
                ROUND,
                outcome.round(),
                outcome.injected().victim(),
                outcome.injected().fault(),
                nodes,
                outcome.unavailableMs(),
                outcome.metadataUnavailableMs(),
                outcome.roundMs());
    }

    void end(PrintStream out, ChaosRun run) {
        out.println();
        out.println(
                "Unavailability: the longest time without an acknowledgement in the partition that fared worst, per round");
        out.printf(TABLE, "", "rounds", "min", "median", "max", "≤0.1 s", "≤0.3 s", "≤1 s", "≤3 s", "≤10 s", ">10 s");
        rows(out, run, outcome -> outcome.injected().fault());
        rows(out, run, outcome -> outcome.injected().victim());
        out.println();
        out.println(run.acknowledgements() + " records acknowledged, " + run.commits() + " commits of offsets");
        if (run.violations().isEmpty()) {
            out.println(
                    "Every check held: acknowledged ⊆ read, no duplicates, one value per offset, replicas equal to the byte below"
                            + " the high watermark, committed offsets never back, kafka-dump-log clean");
        } else {
            out.println("DID NOT HOLD (seed " + seed + "):");
            run.violations().forEach(violation -> out.println("  " + violation));
        }
    }

    private static <K extends Enum<K>> void rows(PrintStream out, ChaosRun run, Function<Outcome, K> key) {
        Map<K, List<Outcome>> groups =
                run.outcomes().stream().collect(Collectors.groupingBy(key, TreeMap::new, Collectors.toList()));
        groups.forEach((of, outcomes) -> row(
                out,
                of.toString(),
                outcomes.stream()
                        .map(Outcome::unavailableMs)
                        .sorted(Comparator.naturalOrder())
                        .toList()));
    }

    private static void row(PrintStream out, String name, List<Long> sorted) {
        long[] counts = new long[BUCKETS_MS.length + 1];
        for (long each : sorted) {
            int bucket = 0;
            while (bucket < BUCKETS_MS.length && each > BUCKETS_MS[bucket]) {
                bucket++;
            }
            counts[bucket]++;
        }
        out.printf(
                TABLE,
                name,
                sorted.size(),
                sorted.get(0),
                sorted.get((sorted.size() - 1) / 2),
                sorted.get(sorted.size() - 1),
                counts[0],
                counts[1],
                counts[2],
                counts[3],
                counts[4],
                counts[5]);
    }

    String json(ChaosRun run) {
        String rounds = run.outcomes().stream()
                .map(outcome -> String.format(
                        Locale.ROOT,
                        "    {\"round\": %d, \"victim\": \"%s\", \"fault\": \"%s\", \"nodes\": %s, \"unavailableMs\": %d,"
                                + " \"metadataUnavailableMs\": %d, \"roundMs\": %d}",
                        outcome.round(),
                        outcome.injected().victim(),
                        outcome.injected().fault(),
                        outcome.nodes(),
                        outcome.unavailableMs(),
                        outcome.metadataUnavailableMs(),
                        outcome.roundMs()))
                .collect(Collectors.joining(",\n"));
        String violations = run.violations().stream()
                .map(each ->
                        "\"" + each.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"")
                .collect(Collectors.joining(", "));
        return String.format(
                Locale.ROOT,
                "{%n  \"engine\": \"%s\", \"cluster\": \"%s\", \"seed\": %d,%n  \"acknowledged\": %d, \"commits\": %d,"
                        + " \"held\": %b,%n  \"violations\": [%s],%n  \"rounds\": [%n%s%n  ]%n}%n",
                engine,
                shape,
                seed,
                run.acknowledgements(),
                run.commits(),
                run.violations().isEmpty(),
                violations,
                rounds);
    }
}
