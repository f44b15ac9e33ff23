package io.milena.broker.app;

import io.milena.broker.node.Formatting;
import io.milena.metadata.config.NodeConfig;
import io.milena.metadata.config.ProcessRole;
import io.milena.raft.storage.FormatOptions;
import io.milena.raft.storage.NodeStorage;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code bin/kafka-storage.sh}: random-uuid, format, info. Exit code 0 for success, 1 with one clear line for everything else. */
public final class StorageMain {
    private static final String USAGE = """
            usage: kafka-storage.sh random-uuid
                   kafka-storage.sh info -c FILE
                   kafka-storage.sh format -t CLUSTER_ID -c FILE [--ignore-formatted] [--release-version VERSION]
                       [--feature NAME=LEVEL]... [--standalone | --no-initial-controllers | --initial-controllers LIST]""";

    private final PrintStream out;

    private StorageMain(PrintStream out) {
        this.out = out;
    }

    public static void main(String[] args) {
        NodeLogging.configure();
        int code;
        try {
            code = new StorageMain(System.out).run(Arrays.asList(args));
        } catch (RuntimeException refused) {
            System.err.println(refused.getMessage());
            code = 1;
        }
        System.exit(code);
    }

    private int run(List<String> args) {
        String command = args.isEmpty() ? "" : args.get(0);
        List<String> rest = args.isEmpty() ? List.of() : args.subList(1, args.size());
        return switch (command) {
            case "random-uuid" -> {
                out.println(NodeStorage.randomUuid());
                yield 0;
            }
            case "info" -> info(Options.parse(rest));
            case "format" -> format(Options.parse(rest));
            default -> throw new IllegalArgumentException(USAGE);
        };
    }

    private int info(Options options) {
        NodeStorage.Info info = NodeStorage.info(Formatting.directories(options.config()));
        info.lines().forEach(out::println);
        return info.problems() ? 1 : 0;
    }

    private int format(Options options) {
        NodeConfig config = options.config();
        if (options.clusterId == null) {
            throw new IllegalArgumentException(
                    "format: -t CLUSTER_ID is missing; kafka-storage.sh random-uuid makes one");
        }
        FormatOptions.Outcome outcome = Formatting.format(
                config,
                new Formatting.Request(
                        options.clusterId,
                        options.releaseVersion,
                        options.features,
                        quorum(options, config),
                        options.ignoreFormatted));
        outcome.messages().forEach(out::println);
        return 0;
    }

    private static FormatOptions.Quorum quorum(Options options, NodeConfig config) {
        boolean controller = config.roles().contains(ProcessRole.CONTROLLER);
        boolean said = options.standalone || options.noInitialControllers || options.initialControllers != null;
        if (said && !config.quorumVoters().isEmpty()) {
            throw new IllegalArgumentException(
                    "controller.quorum.voters is set: the voters are static, and neither --standalone nor"
                            + " --initial-controllers nor --no-initial-controllers can be given");
        }
        if (options.initialControllers != null) {
            return new FormatOptions.InitialControllers(Arrays.stream(options.initialControllers.split(","))
                    .map(FormatOptions.InitialController::parse)
                    .toList());
        }
        if (!said && controller && config.quorumVoters().isEmpty()) {
            throw new IllegalArgumentException(
                    "Because controller.quorum.voters is not set on this controller, you must specify one of"
                            + " the following: --standalone, --initial-controllers, or --no-initial-controllers.");
        }
        return Formatting.quorum(config, options.standalone);
    }

    /** The command line. */
    private static final class Options {
        private @Nullable String clusterId;
        private @Nullable Path file;
        private String releaseVersion = "";
        private final Map<String, Short> features = new HashMap<>();
        private boolean ignoreFormatted;
        private boolean standalone;
        private boolean noInitialControllers;
        private @Nullable String initialControllers;

        static Options parse(List<String> args) {
            Options options = new Options();
            List<String> left = new ArrayList<>(args);
            while (!left.isEmpty()) {
                String option = left.remove(0);
                switch (option) {
                    case "-t", "--cluster-id" -> options.clusterId = value(option, left);
                    case "-c", "--config" -> options.file = Path.of(value(option, left));
                    case "-g", "--ignore-formatted" -> options.ignoreFormatted = true;
                    case "-r", "--release-version" -> options.releaseVersion = value(option, left);
                    case "-f", "--feature" -> options.addFeature(value(option, left));
                    case "-s", "--standalone" -> options.standalone = true;
                    case "-N", "--no-initial-controllers" -> options.noInitialControllers = true;
                    case "-I", "--initial-controllers" -> options.initialControllers = value(option, left);
                    default -> throw new IllegalArgumentException("Unknown option '" + option + "'\n" + USAGE);
                }
            }
            return options;
        }

        private static String value(String option, List<String> left) {
            if (left.isEmpty()) {
                throw new IllegalArgumentException(option + " needs a value\n" + USAGE);
            }
            return left.remove(0);
        }

        private void addFeature(String text) {
            int equals = text.indexOf('=');
            try {
                features.put(
                        text.substring(0, equals).trim(),
                        Short.parseShort(text.substring(equals + 1).trim()));
            } catch (IndexOutOfBoundsException | NumberFormatException malformed) {
                throw new IllegalArgumentException(
                        "--feature '" + text + "' must be of the form name=level", malformed);
            }
        }

        NodeConfig config() {
            if (file == null) {
                throw new IllegalArgumentException("-c FILE is missing\n" + USAGE);
            }
            return NodeProperties.load(file, Map.of());
        }
    }
}
