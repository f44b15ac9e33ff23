package io.milena.testkit.mutation;

import io.milena.testkit.Simulate;
import io.milena.testkit.sim.Simulation;
import java.util.Map;

/** Looks for a seed in which a mutant is caught. */
final class Hunt {
    /**
     * @param seed that caught it; -1 if none did
     * @param violation what was noticed, first line
     */
    record Result(Mutant mutant, long seed, String violation, long durationMs) {
        boolean isCaught() {
            return seed >= 0;
        }

        @Override
        public String toString() {
            String found = isCaught() ? "caught by seed " + seed + ": " + violation : "SURVIVED " + violation;
            return mutant.name() + " (" + mutant.bug() + ") " + found + ", " + durationMs + " ms";
        }
    }

    private Hunt() {}

    static Result run(Mutant mutant) {
        long startNs = System.nanoTime();
        String found;
        try {
            Map<String, byte[]> classes = MutantCompiler.compile(mutant);
            Class<?> inside = new MutantLoader(classes).loadClass(Inside.class.getName());
            found = (String) inside.getMethod("search", String.class, long.class, long.class)
                    .invoke(null, mutant.simulation(), mutant.from(), mutant.seeds());
        } catch (Exception e) {
            throw new IllegalStateException("Mutant " + mutant.name() + ": " + e.getMessage(), e);
        }
        long ms = (System.nanoTime() - startNs) / 1_000_000;
        int space = found.indexOf(' ');
        return space < 0
                ? new Result(mutant, -1, mutant.seeds() + " seeds", ms)
                : new Result(mutant, Long.parseLong(found.substring(0, space)), found.substring(space + 1), ms);
    }

    /** What runs in the mutant's class loader: only types of the JDK go in and out. */
    public static final class Inside {
        private Inside() {}

        /** Seed and violation, or nothing. */
        public static String search(String name, long from, long seeds) {
            Simulation simulation = Simulate.SIMULATIONS.stream()
                    .filter(each -> each.name().equals(name))
                    .findFirst()
                    .orElseThrow();
            for (long seed = from; seed < from + seeds; seed++) {
                try {
                    simulation.run(seed, false);
                } catch (Throwable violation) {
                    refuseBrokenClasses(violation);
                    return seed + " "
                            + String.valueOf(violation.getMessage())
                                    .lines()
                                    .findFirst()
                                    .orElse("");
                }
            }
            return "";
        }

        /** Classes that vanish under a hunt, because somebody builds meanwhile, are no catch. */
        private static void refuseBrokenClasses(Throwable violation) {
            for (Throwable each = violation; each != null; each = each.getCause()) {
                if (each instanceof LinkageError
                        || String.valueOf(each.getMessage()).contains("NoClassDefFoundError")) {
                    throw new IllegalStateException("The classes changed while the mutant was hunted", violation);
                }
            }
        }
    }
}
