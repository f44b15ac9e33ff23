package io.milena.demo;

import io.milena.demo.load.UsageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The command line.
 *
 * @param orders the orders to replay, null for the small sample that comes with the demo
 * @param products the products to put on sale, null for those of the sample
 * @param report where to write the closing table as JSON
 * @param exit whether to end after the closing table
 * @param data where broker and databases live, null for a temporary directory
 * @param port of the order service; inventory and shipping take the next two
 * @param bootstrapServers a broker that runs already, null to start one
 * @param cluster whether to start three controllers and three brokers instead of one node
 * @param kill whether to break things while orders run
 * @param seed of what is broken when
 */
record DemoOptions(
        @Nullable Path orders,
        @Nullable Path products,
        @Nullable Path report,
        boolean exit,
        @Nullable Path data,
        int port,
        @Nullable String bootstrapServers,
        boolean cluster,
        boolean kill,
        long seed) {

    static final String USAGE = """
            usage: bin/demo [--cluster] [--kill] [--orders FILE] [--products FILE] [--report FILE] [--exit] [--data DIR] [--port N]

              --cluster         three controllers and three brokers instead of one node, three replicas of everything
              --kill            kill nodes and end services in the middle of their work while orders run, tell what happens, and
                                check that nothing is lost; --seed N for the same dice
              --orders FILE     replay these orders (JSON lines); without it, a small sample
              --products FILE   put these products on sale (JSON lines); without it, products.jsonl beside the orders
                                if it exists, else those of the sample
              --report FILE     write the closing table as JSON
              --exit            end after the closing table; exit code 0 only if every order is in one terminal state
                                and stock is conserved
              --data DIR        keep broker and databases there; without it, in a temporary directory
              --port N          HTTP ports N, N+1, N+2 for orders, inventory and shipping (default 8080)
              --bootstrap-servers HOST:PORT
                                use a broker that runs already, ours or Apache Kafka, instead of starting one
            """;

    static DemoOptions parse(String... args) {
        Path orders = null;
        Path products = null;
        Path report = null;
        Path data = null;
        boolean exit = false;
        int port = 8080;
        String bootstrapServers = null;
        boolean cluster = false;
        boolean kill = false;
        long seed = System.nanoTime() % 1_000_000;
        Iterator<String> words = List.of(args).iterator();
        while (words.hasNext()) {
            String option = words.next();
            switch (option) {
                case "--orders" -> orders = readable(option, value(option, words));
                case "--products" -> products = readable(option, value(option, words));
                case "--report" -> report = Path.of(value(option, words)).toAbsolutePath();
                case "--data" -> data = Path.of(value(option, words)).toAbsolutePath();
                case "--port" -> port = port(value(option, words));
                case "--bootstrap-servers" -> bootstrapServers = value(option, words);
                case "--exit" -> exit = true;
                case "--cluster" -> cluster = true;
                case "--kill" -> kill = true;
                case "--seed" -> seed = seed(value(option, words));
                default -> throw new UsageException("unknown option " + option + "\n\n" + USAGE);
            }
        }
        if (cluster && bootstrapServers != null) {
            throw new UsageException("--cluster starts brokers of its own; --bootstrap-servers names others");
        }
        return new DemoOptions(orders, products, report, exit, data, port, bootstrapServers, cluster, kill, seed);
    }

    private static String value(String option, Iterator<String> words) {
        if (!words.hasNext()) {
            throw new UsageException(option + " needs a value\n\n" + USAGE);
        }
        return words.next();
    }

    private static Path readable(String option, String name) {
        Path file = Path.of(name).toAbsolutePath();
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new UsageException(option + ": cannot read the file " + file);
        }
        return file;
    }

    private static long seed(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new UsageException("--seed needs a whole number, not '" + text + "'");
        }
    }

    private static int port(String text) {
        try {
            int port = Integer.parseInt(text);
            if (port >= 1 && port <= 65_533) {
                return port;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new UsageException("--port needs a number from 1 to 65533, not '" + text + "'");
    }
}
