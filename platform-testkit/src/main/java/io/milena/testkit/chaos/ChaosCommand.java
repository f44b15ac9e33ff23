package io.milena.testkit.chaos;

import io.milena.testkit.process.Engine;
import io.milena.testkit.process.ProcessCluster;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** {@code bin/chaos}. Exit code 0 only if every check held; 1 if not; 2 if the run could not be made. */
public final class ChaosCommand {
    private static final String USAGE = """
            usage: chaos [--rounds N] [--seed S] [--only WORDS] [--combined] [--apache-kafka] [--report FILE] [--dir DIR] [--keep]

            Three controllers and three brokers as six processes, three replicas, min.insync.replicas 2; idempotent acks=all producers
            and consumer groups work while nodes are struck in rounds: {controller leader, controller follower, partition leader,
            partition follower, group coordinator, all at once} × {kill -9, SIGSTOP, clean stop, cut both ways, cut one way}.

            --rounds N      50 unless said otherwise (5 with --combined)
            --seed S        the same seed injects the same faults in the same order
            --only WORDS    only faults whose name contains these words, such as 'kill -9' or 'all at once, cut'
            --combined      three combined nodes instead, all killed at once in every round unless --only says otherwise
            --apache-kafka  Apache Kafka 4.3.1 instead, as control
            --report FILE   the same as JSON
            --dir DIR       where the nodes' data and logs are; a new directory below target/chaos unless said otherwise
            --keep          keeps them even if every check held""";

    private int rounds;
    private long seed = new Random().nextInt(1_000_000);
    private String only = "";
    private boolean combined;
    private boolean keep;
    private Engine engine = Engine.milena();
    private @Nullable Path reportFile;
    private Path directory = Path.of(
            System.getProperty("milena.root", "."),
            "target",
            "chaos",
            "run-" + ProcessHandle.current().pid());

    private ChaosCommand() {}

    public static void main(String[] args) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        int code;
        try {
            if (Arrays.asList(args).contains("--help")) {
                out.println(USAGE);
                code = 0;
            } else {
                ChaosCommand command = new ChaosCommand();
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
                case "--rounds" -> rounds = (int) number(option, left);
                case "--seed" -> seed = number(option, left);
                case "--only" -> only = value(option, left);
                case "--combined" -> combined = true;
                case "--apache-kafka" -> engine = Engine.apacheKafka();
                case "--report" -> reportFile = Path.of(value(option, left));
                case "--dir" -> directory = Path.of(value(option, left));
                case "--keep" -> keep = true;
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
        String value = value(option, left);
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(option + " wants a whole number, not '" + value + "'", e);
        }
    }

    private int run(PrintStream out) throws Exception {
        List<TargetedFault> choice = choice();
        int count = rounds > 0 ? rounds : combined ? 5 : 50;
        Report report = new Report(engine.name(), combined ? "3 combined nodes" : "3 controllers and 3 brokers", seed);
        ProcessCluster.Builder builder = ProcessCluster.in(directory)
                .engine(engine)
                .settings(ChaosRun.SETTINGS)
                .cuttable();
        if (combined) {
            builder.combined(3);
        } else {
            builder.controllers(3).brokers(3);
        }
        ChaosRun run;
        try (ProcessCluster cluster = builder.create()) {
            // Ctrl-C leaves no process behind.
            Runtime.getRuntime()
                    .addShutdownHook(new Thread(() -> cluster.nodes().forEach(node -> node.killAtOnce())));
            cluster.start();
            report.head(out);
            run = new ChaosRun(cluster, seed, choice, count, outcome -> report.round(out, outcome)).run();
        }
        report.end(out, run);
        if (reportFile != null) {
            Files.writeString(reportFile, report.json(run));
        }
        if (run.violations().isEmpty() && !keep) {
            delete(directory);
        } else {
            out.println("Logs and data: " + directory);
        }
        return run.violations().isEmpty() ? 0 : 1;
    }

    private List<TargetedFault> choice() {
        List<TargetedFault> choice = new ArrayList<>(TargetedFault.matrix());
        if (combined && only.isEmpty()) {
            return List.of(new TargetedFault(Victim.ALL, Fault.KILL));
        }
        choice.removeIf(fault -> !fault.toString().contains(only));
        if (choice.isEmpty()) {
            throw new IllegalArgumentException("No fault's name contains '" + only + "'; they are: "
                    + String.join(
                            "; ",
                            TargetedFault.matrix().stream()
                                    .map(TargetedFault::toString)
                                    .toList()));
        }
        return choice;
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
