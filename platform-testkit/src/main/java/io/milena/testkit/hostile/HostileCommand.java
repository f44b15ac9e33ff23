package io.milena.testkit.hostile;

import io.milena.testkit.process.Engine;
import io.milena.testkit.process.ProcessCluster;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** {@code bin/hostile}. Exit code 0 if everything held; 1 if not; 2 if the run could not be made. */
public final class HostileCommand {
    private static final String USAGE = """
            usage: hostile [--minutes N | --seconds N] [--nodes 1|3] [--attackers N] [--seed S]
                           [--only WORDS] [--apache-kafka] [--dir DIR]

            Nodes with 256 MB of heap as processes, a well-behaved producer beside, and a client that sends every API absurd sizes, counts,
            epochs and ranges, leaves frames unfinished and answers unread, on every listener, one with SASL among them. No process may end, the cluster must start
            again, and with --minutes the producer's p99 may at most double.

            One node, then three, unless --nodes says which; 20 seconds each unless said otherwise; one attacker unless said otherwise, a process last in line for a processor. --only takes
            attacks whose names contain the words, such as 'huge frames'.""";

    private Duration duration = Duration.ofSeconds(20);
    private boolean strict;
    private int attackers = 1;
    private String only = "";
    private List<Integer> sizes = List.of(1, 3);
    private long seed = new Random().nextInt(1_000_000);
    private Engine engine = Engine.milena();
    private Path directory = Path.of(
            System.getProperty("milena.root", "."),
            "target",
            "hostile",
            "run-" + ProcessHandle.current().pid());

    private HostileCommand() {}

    public static void main(String[] args) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        int code;
        try {
            if (Arrays.asList(args).contains("--help")) {
                out.println(USAGE);
                code = 0;
            } else {
                HostileCommand command = new HostileCommand();
                command.parse(new ArrayList<>(Arrays.asList(args)));
                code = command.run(out);
            }
        } catch (Exception e) {
            System.err.println(e.getMessage() == null ? e.toString() : e.getMessage());
            code = 2;
        }
        System.exit(code);
    }

    private void parse(List<String> left) {
        while (!left.isEmpty()) {
            String option = left.remove(0);
            switch (option) {
                case "--minutes" -> {
                    duration = Duration.ofMinutes(number(option, left));
                    strict = true;
                }
                case "--seconds" -> duration = Duration.ofSeconds(number(option, left));
                case "--nodes" -> sizes = List.of((int) number(option, left));
                case "--only" ->
                    only = value(option, left).toUpperCase(Locale.ROOT).replace(' ', '_');
                case "--attackers" -> attackers = (int) number(option, left);
                case "--seed" -> seed = number(option, left);
                case "--apache-kafka" -> engine = Engine.apacheKafka();
                case "--dir" -> directory = Path.of(value(option, left));
                default -> throw new IllegalArgumentException("'" + option + "' is not understood\n" + USAGE);
            }
        }
        directory = directory.toAbsolutePath().normalize();
    }

    private static String value(String option, List<String> left) {
        if (left.isEmpty()) {
            throw new IllegalArgumentException(option + " wants a value");
        }
        return left.remove(0);
    }

    private static long number(String option, List<String> left) {
        return Long.parseLong(value(option, left));
    }

    private int run(PrintStream out) throws Exception {
        boolean held = true;
        for (int size : sizes) {
            out.printf("%s, %d node(s), %d s, seed %d%n", engine, size, duration.toSeconds(), seed);
            try (ProcessCluster cluster = ProcessCluster.in(directory.resolve("nodes-" + size))
                    .engine(engine.withHeapMb(256))
                    .combined(size)
                    .create()) {
                Runtime.getRuntime().addShutdownHook(new Thread(cluster::close));
                HostileRun run =
                        new HostileRun(cluster, directory, new Attackers.Plan(seed, duration, attackers, only), out);
                held &= run.run().isEmpty();
                if (strict && run.struckP99Ms() > 2 * run.calmP99Ms()) {
                    out.println("FAULT: the producer's p99 has more than doubled");
                    held = false;
                }
            }
        }
        return held ? 0 : 1;
    }
}
