package io.milena.testkit.process;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** {@code bin/cluster}: a cluster of processes on this machine, to look at and to play with. Exit code 0; 1 with one clear line; 2 if it was called in a wrong way. */
public final class ClusterCommand {
    private static final String USAGE = """
            usage: cluster start [--controllers N] [--brokers N] [--combined N] [--set KEY=VALUE]... [--dir DIR]
                   cluster status | stop [ID] | kill ID | restart ID | delete [--dir DIR]

            start    makes a cluster (3 controllers and 3 brokers unless said otherwise) or starts again what was stopped of it
            status   tells of each node whether it runs, where it listens and what it leads
            stop     an orderly stop of one node or of all; their data stay
            kill     kill -9 of one node
            restart  an orderly stop, if the node runs, and a start
            delete   removes the data of a cluster that does not run

            DIR is ./target/cluster of the project unless said otherwise. Controllers get the first ids, from 1 on.""";

    private static final Duration STOP = Duration.ofSeconds(60);

    private final PrintStream out;
    private final Arguments arguments;

    private ClusterCommand(PrintStream out, Arguments arguments) {
        this.out = out;
        this.arguments = arguments;
    }

    public static void main(String[] args) {
        int code = run(System.out, System.err, args);
        System.exit(code);
    }

    /** One command; returns the exit code. */
    static int run(PrintStream out, PrintStream err, String... args) {
        try {
            new ClusterCommand(out, Arguments.parse(Arrays.asList(args))).run();
            return 0;
        } catch (MisusedException misused) {
            err.println(misused.getMessage());
            return 2;
        } catch (RuntimeException refused) {
            err.println(refused.getMessage());
            return 1;
        }
    }

    private void run() {
        switch (arguments.command) {
            case "start" -> start();
            case "status" -> new ClusterStatus(opened()).print(out);
            case "stop" -> stop();
            case "kill" -> kill();
            case "restart" -> restart();
            case "delete" -> delete();
            case "help", "--help", "-h" -> out.println(USAGE);
            default -> throw new MisusedException("There is no command '" + arguments.command + "'\n\n" + USAGE);
        }
    }

    private void start() {
        boolean exists = ProcessCluster.existsIn(arguments.directory);
        if (exists && (arguments.saidSize() || !arguments.settings.isEmpty())) {
            throw new IllegalArgumentException("There is a cluster in " + arguments.directory
                    + " already: start it as it is, or first stop and delete it");
        }
        ProcessCluster cluster = exists ? opened() : created();
        cluster.start();
        new ClusterStatus(cluster).print(out);
        out.println();
        out.println("Bootstrap servers: " + cluster.bootstrapServers());
    }

    private ProcessCluster created() {
        boolean said = arguments.saidSize();
        int combined = arguments.number("--combined", 0);
        int controllers = arguments.number("--controllers", said && combined > 0 ? 0 : 3);
        int brokers = arguments.number("--brokers", said && combined > 0 ? 0 : 3);
        if (combined + brokers == 0) {
            throw new IllegalArgumentException("A cluster needs a broker: --brokers or --combined must not be 0");
        }
        return ProcessCluster.in(arguments.directory)
                .controllers(controllers)
                .combined(combined)
                .brokers(brokers)
                .settings(arguments.settings)
                .create();
    }

    private ProcessCluster opened() {
        if (!ProcessCluster.existsIn(arguments.directory)) {
            throw new IllegalArgumentException("There is no cluster in " + arguments.directory + "; 'start' makes one");
        }
        return ProcessCluster.open(arguments.directory);
    }

    private void stop() {
        ProcessCluster cluster = opened();
        if (arguments.id == null) {
            long running =
                    cluster.nodes().stream().filter(NodeProcess::isRunning).count();
            cluster.stop(STOP);
            out.println(running == 0 ? "No node was running" : "Stopped; the data stay in " + arguments.directory);
        } else {
            running(cluster).stop(STOP);
            out.println("Node " + arguments.id + " has stopped");
        }
    }

    private void kill() {
        running(opened()).kill();
        out.println("Node " + arguments.id + " is killed");
    }

    private void restart() {
        ProcessCluster cluster = opened();
        NodeProcess node = cluster.node(arguments.id());
        node.stop(STOP);
        node.start();
        cluster.awaitServing();
        out.println("Node " + arguments.id + " runs, process " + node.pid().orElseThrow());
    }

    private void delete() {
        ProcessCluster cluster = opened();
        if (cluster.nodes().stream().anyMatch(NodeProcess::isRunning)) {
            throw new IllegalArgumentException("The cluster is running: stop it first");
        }
        try (Stream<Path> files = Files.walk(arguments.directory)) {
            List<Path> deepestFirst = new ArrayList<>(files.toList());
            Collections.reverse(deepestFirst);
            for (Path each : deepestFirst) {
                Files.delete(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot delete " + arguments.directory + ": " + e.getMessage(), e);
        }
        out.println("Deleted " + arguments.directory);
    }

    private NodeProcess running(ProcessCluster cluster) {
        NodeProcess node = cluster.node(arguments.id());
        if (!node.isRunning()) {
            throw new IllegalArgumentException("Node " + node.id() + " is not running");
        }
        return node;
    }

    /** The command line. */
    private static final class Arguments {
        private String command = "help";
        private @Nullable Integer id;
        private Path directory = Path.of(System.getProperty("milena.root", "."), "target", "cluster");
        private final Map<String, Integer> counts = new TreeMap<>();
        private final Map<String, String> settings = new TreeMap<>();

        static Arguments parse(List<String> args) {
            Arguments parsed = new Arguments();
            List<String> left = new ArrayList<>(args);
            boolean commandSeen = false;
            while (!left.isEmpty()) {
                String argument = left.remove(0);
                switch (argument) {
                    case "--dir" -> parsed.directory = Path.of(value(argument, left));
                    case "--controllers", "--brokers", "--combined" ->
                        parsed.counts.put(argument, whole(argument, value(argument, left)));
                    case "--set" -> parsed.set(value(argument, left));
                    default -> {
                        if (argument.startsWith("--") && !argument.equals("--help")) {
                            throw new MisusedException("'" + argument + "' is not understood\n\n" + USAGE);
                        } else if (!commandSeen) {
                            parsed.command = argument.toLowerCase(Locale.ROOT);
                            commandSeen = true;
                        } else {
                            parsed.id = whole("the node's id", argument);
                        }
                    }
                }
            }
            parsed.directory = parsed.directory.toAbsolutePath().normalize();
            return parsed;
        }

        private void set(String keyAndValue) {
            int equals = keyAndValue.indexOf('=');
            if (equals <= 0) {
                throw new MisusedException("--set wants KEY=VALUE, not '" + keyAndValue + "'");
            }
            settings.put(keyAndValue.substring(0, equals), keyAndValue.substring(equals + 1));
        }

        private static String value(String option, List<String> left) {
            if (left.isEmpty()) {
                throw new MisusedException(option + " wants a value");
            }
            return left.remove(0);
        }

        private static int whole(String what, String text) {
            try {
                int number = Integer.parseInt(text);
                if (number >= 0) {
                    return number;
                }
            } catch (NumberFormatException notOne) {
                // Told below.
            }
            throw new MisusedException(what + " must be a whole number, not '" + text + "'");
        }

        boolean saidSize() {
            return !counts.isEmpty();
        }

        int number(String option, int otherwise) {
            return counts.getOrDefault(option, otherwise);
        }

        int id() {
            if (id == null) {
                throw new MisusedException("'" + command + "' wants the id of a node");
            }
            return id;
        }
    }

    /** Words that make no command. */
    private static final class MisusedException extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;

        MisusedException(String message) {
            super(message);
        }
    }
}
