package io.milena.testkit;

import io.milena.testkit.cluster.ClusterSimulation;
import io.milena.testkit.coordinator.CoordinatorSimulation;
import io.milena.testkit.raft.QuorumSimulation;
import io.milena.testkit.sim.SeedRange;
import io.milena.testkit.sim.Simulation;
import java.util.List;
import java.util.Locale;

/** {@code bin/simulate}: plays many seeds of all simulations. Exit code 0 only if everything held in all of them. */
public final class Simulate {
    /** All there are. */
    public static final List<Simulation> SIMULATIONS =
            List.of(new QuorumSimulation(), new ClusterSimulation(), new CoordinatorSimulation());

    private static final String USAGE = """
            simulate [--seeds N] [--from SEED] [--only NAME] [--threads N]
              --seeds N     how many seeds of each simulation, 1000 if not said
              --from SEED   the first seed, 1 if not said; with --seeds 1 it plays one seed and prints its trace
              --only NAME   one simulation: %s
              --threads N   as many as there are processors if not said
            Exit code: 0 everything held, 1 something did not, 2 the arguments are wrong.
            """;

    private Simulate() {}

    public static void main(String[] args) {
        System.exit(run(args));
    }

    private static int run(String[] args) {
        if (args.length == 1 && (args[0].equals("--help") || args[0].equals("-h"))) {
            System.out.printf(USAGE, names());
            return 0;
        }
        long seeds = 1_000;
        long from = 1;
        int threads = Runtime.getRuntime().availableProcessors();
        String only = "";
        try {
            for (int i = 0; i < args.length; i += 2) {
                String value = i + 1 < args.length ? args[i + 1] : "";
                switch (args[i]) {
                    case "--seeds" -> seeds = Long.parseLong(value);
                    case "--from" -> from = Long.parseLong(value);
                    case "--threads" -> threads = Integer.parseInt(value);
                    case "--only" -> only = value;
                    default -> throw new IllegalArgumentException("Unknown option " + args[i]);
                }
            }
        } catch (IllegalArgumentException wrong) {
            System.err.println(wrong.getMessage());
            System.err.printf(USAGE, names());
            return 2;
        }
        String wanted = only;
        List<Simulation> chosen = SIMULATIONS.stream()
                .filter(each -> wanted.isEmpty() || each.name().equals(wanted))
                .toList();
        if (chosen.isEmpty()) {
            System.err.println("There is no simulation " + only + ", there are: " + names());
            return 2;
        }
        boolean held = true;
        for (Simulation simulation : chosen) {
            held &= seeds == 1 ? playOne(simulation, from) : play(simulation, new SeedRange(from, seeds), threads);
        }
        return held ? 0 : 1;
    }

    private static List<String> names() {
        return SIMULATIONS.stream().map(Simulation::name).toList();
    }

    private static boolean play(Simulation simulation, SeedRange range, int threads) {
        long startNs = System.nanoTime();
        SeedRange.Failure failure = range.run(simulation, threads);
        double seconds = (System.nanoTime() - startNs) / 1e9;
        if (failure != null) {
            System.out.println("FAILED " + failure.describe());
            return false;
        }
        System.out.printf(
                Locale.ROOT,
                "%s: %d seeds from %d held, %.1f s, %.1f seeds/s%n",
                simulation.name(),
                range.count(),
                range.from(),
                seconds,
                range.count() / seconds);
        return true;
    }

    private static boolean playOne(Simulation simulation, long seed) {
        try {
            System.out.print(simulation.run(seed, true).tail(Integer.MAX_VALUE));
            System.out.println(simulation.name() + ": seed " + seed + " held, " + simulation.options(seed));
            return true;
        } catch (Throwable violation) {
            System.out.println("FAILED " + new SeedRange.Failure(simulation, seed, violation).describe());
            violation.printStackTrace(System.out);
            return false;
        }
    }
}
