package io.milena.bench.flow;

import io.milena.demo.load.FileOrders;
import io.milena.demo.load.GeneratedOrders;
import io.milena.demo.load.OrderSource;
import io.milena.demo.load.UsageException;
import io.milena.testkit.process.Engine;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** {@code bin/flow-chaos}. Exit code 0 only if every check held; 1 if not; 2 if the run could not be made. */
public final class FlowChaosCommand {

    private static final String USAGE = """
            usage: bin/flow-chaos [--orders FILE [--products FILE] | --count N] [--seed S] [--kills N] [--poison N] [--apache-kafka] [--postgres]
                                  [--report FILE] [--dir DIR] [--keep]

            Three controllers, three brokers and the three services as nine processes. Orders are placed at full speed, some called off,
            while processes are killed (-9) at random and started again, a third each services, brokers and controllers, now and then two
            kinds at once; records nobody can read are planted. Then every order is looked at: exactly one end, one shipment for each that
            was shipped, stock conserved to the unit, outboxes and groups at their end, no dead letters but those planted.

              --orders FILE     these orders (JSON lines), --products FILE: these products (default: products.jsonl beside)
              --count N         so many made-up orders instead (default 5000)
              --seed S          of orders, of what is called off and of kills (default: told at the beginning)
              --kills N         at most (default 30); it ends when the orders are through
              --poison N        records nobody can read (default 10)
              --apache-kafka    Apache Kafka 4.3.1 instead of Milena
              --postgres        the services on PostgreSQL instead of H2; its programs have to be installed
              --report FILE     the result as JSON
              --dir DIR         for data and logs; a new directory below target/flow-chaos unless said otherwise
              --keep            keeps them even if every check held
            """;

    private Engine engine = Engine.milena();
    private boolean postgres;
    private boolean keep;
    private @Nullable Path orders;
    private @Nullable Path products;
    private @Nullable Path report;
    private int count = 5_000;
    private int kills = 30;
    private int poison = 10;
    private long seed = new Random().nextInt(1_000_000);
    private Path directory = Path.of(
                    System.getProperty("milena.root", "."),
                    "target",
                    "flow-chaos",
                    "run-" + ProcessHandle.current().pid())
            .toAbsolutePath();

    private FlowChaosCommand() {}

    public static void main(String[] args) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        int code;
        try {
            if (List.of(args).contains("--help")) {
                out.print(USAGE);
                code = 0;
            } else {
                FlowChaosCommand command = new FlowChaosCommand();
                command.parse(new ArrayDeque<>(List.of(args)));
                code = command.run(out);
            }
        } catch (UsageException | IllegalArgumentException | IOException e) {
            System.err.println("flow-chaos: " + e.getMessage());
            code = 2;
        } catch (RuntimeException e) {
            e.printStackTrace();
            code = 2;
        }
        System.exit(code);
    }

    private void parse(Deque<String> words) {
        while (!words.isEmpty()) {
            String option = words.poll();
            switch (option) {
                case "--orders" -> orders = Path.of(value(option, words));
                case "--products" -> products = Path.of(value(option, words));
                case "--count" -> count = number(option, words);
                case "--kills" -> kills = number(option, words);
                case "--poison" -> poison = number(option, words);
                case "--seed" -> seed = number(option, words);
                case "--apache-kafka" -> engine = Engine.apacheKafka();
                case "--postgres" -> postgres = true;
                case "--report" -> report = Path.of(value(option, words));
                case "--dir" -> directory = Path.of(value(option, words)).toAbsolutePath();
                case "--keep" -> keep = true;
                default -> throw new UsageException("unknown option " + option + "\n\n" + USAGE);
            }
        }
    }

    private static String value(String option, Deque<String> words) {
        String value = words.poll();
        if (value == null) {
            throw new UsageException(option + " needs a value\n\n" + USAGE);
        }
        return value;
    }

    private static int number(String option, Deque<String> words) {
        String value = value(option, words);
        try {
            int number = Integer.parseInt(value);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new UsageException(option + " needs a whole number, not '" + value + "'");
    }

    private int run(PrintStream out) throws IOException {
        OrderSource source = orders == null && products == null
                ? new GeneratedOrders(seed, "F" + seed, count, 0.05)
                : FileOrders.read(orders, products, 0.05, seed);
        Files.createDirectories(directory);
        FlowProcesses.Plan plan = new FlowProcesses.Plan(engine, 3, postgres, directory, List.of());
        out.println("Flow chaos: " + plan + "; " + source.count() + " orders from " + source.name() + "; seed " + seed);
        FlowChaos.Result result;
        try (FlowProcesses flow = new FlowProcesses(plan)) {
            // Ctrl-C leaves no process behind.
            Runtime.getRuntime().addShutdownHook(new Thread(flow::close));
            result = new FlowChaos(flow, source, new FlowChaos.Setting(kills, poison, seed), out).run();
        }
        result.table().asText().forEach(out::println);
        if (report != null) {
            Files.write(
                    report,
                    JsonMapper.builder()
                            .enable(SerializationFeature.INDENT_OUTPUT)
                            .build()
                            .writeValueAsBytes(result.asJson()));
        }
        out.println(result.kills().asText());
        out.println(result.kills().returnsAsText());
        boolean right = result.complaints().isEmpty();
        out.println(
                right
                        ? "RIGHT after " + result.kills().count() + " kills and " + result.poison()
                                + " poison records: every order at one end, one shipment each, stock conserved, nothing left behind"
                        : "NOT RIGHT after " + result.kills().count() + " kills:");
        result.complaints().stream().limit(50).forEach(complaint -> out.println("  - " + complaint));
        if (right && !keep) {
            delete(directory);
        } else {
            out.println("Logs and data: " + directory);
        }
        return right ? 0 : 1;
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
