package io.milena.broker.app;

import io.milena.broker.node.HandlerDecorator;
import io.milena.broker.node.MilenaNode;
import io.milena.metadata.config.NodeConfig;
import io.milena.wire.WireEventLoops;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One node as a process: {@code [--bare] [server.properties] [--override key=value]...}. The engine starts first and serves; unless
 * {@code --bare}, Spring Boot is then raised around it. SIGTERM stops both in an orderly way.
 */
public final class NodeMain {
    private NodeMain() {}

    public static void main(String[] args) {
        WireEventLoops.preload();
        NodeLogging.configure();
        try {
            Arguments arguments = Arguments.parse(args);
            run(arguments.config(), arguments.bare);
        } catch (RuntimeException refused) {
            refuse(refused);
        }
    }

    /**
     * Runs a node until it stops, and ends the process with it.
     *
     * @param bare without Spring
     * @throws RuntimeException if it cannot start
     */
    static void run(NodeConfig config, boolean bare) {
        MilenaNode node = MilenaNode.create(config, new LogbackLevels(), HandlerDecorator.NONE);
        // Before it serves: a recovery takes minutes, and SIGTERM ends that, too, in an orderly way.
        Runtime.getRuntime().addShutdownHook(new Thread(node::close, "stop"));
        node.serve();
        if (!bare) {
            NodeApplication.raise(node, config);
        }
        ClassArchive.makeAtLeisure(System.getenv());
        node.awaitStop();
        System.exit(node.failed() ? 1 : 0);
    }

    /** One clear line (the stack trace only if asked for), and a non-zero exit. */
    static void refuse(RuntimeException refused) {
        System.err.println("The node cannot start: " + refused.getMessage());
        if (Boolean.getBoolean("milena.stacktrace")) {
            refused.printStackTrace();
        }
        System.exit(1);
    }

    /** The command line. */
    static final class Arguments {
        private boolean bare;
        private @Nullable Path file;
        private final Map<String, String> overrides = new HashMap<>();

        static Arguments parse(String[] args) {
            Arguments arguments = new Arguments();
            List<String> left = new ArrayList<>(Arrays.asList(args));
            while (!left.isEmpty()) {
                String argument = left.remove(0);
                if (argument.equals("--bare")) {
                    arguments.bare = true;
                } else if (argument.equals("--override")
                        && !left.isEmpty()
                        && left.get(0).indexOf('=') > 0) {
                    String override = left.remove(0);
                    int equals = override.indexOf('=');
                    arguments.overrides.put(override.substring(0, equals), override.substring(equals + 1));
                } else if (argument.startsWith("-") || arguments.file != null) {
                    throw new IllegalArgumentException("'" + argument
                            + "' is not understood; usage: kafka-server-start.sh [-daemon] [--bare] server.properties"
                            + " [--override key=value]*");
                } else {
                    arguments.file = Path.of(argument);
                }
            }
            return arguments;
        }

        /** File, then {@code KAFKA_…} variables, then overrides. */
        NodeConfig config() {
            return NodeProperties.load(file, overrides);
        }
    }
}
