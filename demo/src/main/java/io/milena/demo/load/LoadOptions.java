package io.milena.demo.load;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The command line of {@code bin/load}, completed by environment variables.
 *
 * @param services where they answer
 * @param settings how fast, how many, how long
 * @param orders a file of orders, null to make them up
 * @param products a file of products, null for those beside the orders
 * @param count how many orders are made up
 * @param seed of what is made up, and of which orders are called off
 * @param cancelShare of the orders, from 0 to 1, are called off
 * @param ready how long to wait until the services are ready
 * @param report where to write the closing table as JSON
 */
record LoadOptions(
        ServiceUrls services,
        LoadRun.Settings settings,
        @Nullable Path orders,
        @Nullable Path products,
        long count,
        long seed,
        double cancelShare,
        Duration ready,
        @Nullable Path report) {

    static final String USAGE = """
            usage: bin/load [--rate N|max] [--count N] [--duration 5m] [--orders FILE [--products FILE]] [--report FILE] ...

            Places orders at the services, which run already, waits until every order is at its end, and draws up a table: what customers
            got for answers, latencies, orders by state, whether stock is conserved. Exit code 0 only if all is right, 1 if not, 2 if
            the run could not be made. Ctrl-C ends the run early, with a table.

              --rate N          orders a second (default 50); a slow service does not slow the clock: latencies count from the moment
                                an order was due. 'max': as fast as customers get answers
              --count N         how many orders; default 1000, without end if there is a --duration
              --duration TIME   place orders for so long: 30s, 5m, 2h
              --customers N     so many requests are on their way at most (default 64; 16 at full speed)
              --seed N          the same seed makes up the same products and orders (default 1)
              --cancel PERCENT  of the orders are called off soon after they were placed (default 5)
              --orders FILE     place these instead (JSON lines), in their order; --products FILE: sell these (default: products.jsonl beside)
              --orders-url URL, --inventory-url URL, --shipping-url URL
                                default http://localhost:8080, 8081, 8082
              --bootstrap-servers HOST:PORT,...
                                watch the topic orders too, and tell how long it took from due to shipped (default: do not)
              --wait TIME       until the services are ready (default 2m)
              --patience TIME   a customer asks again for so long (default 60s), with the same Idempotency-Key
              --report FILE     the table as JSON

            Each may be an environment variable instead: LOAD_RATE, LOAD_ORDERS_URL, ...; KAFKA_BOOTSTRAP_SERVERS too.
            """;

    private static final List<String> NAMES = List.of(
            "rate",
            "count",
            "duration",
            "customers",
            "seed",
            "cancel",
            "orders",
            "products",
            "orders-url",
            "inventory-url",
            "shipping-url",
            "bootstrap-servers",
            "wait",
            "patience",
            "report");

    static LoadOptions parse(Map<String, String> environment, String... args) {
        Words words = new Words(environment, args);
        String rate = words.text("rate", "50");
        Pace pace = rate.equals("max") ? Pace.FULL_SPEED : new Pace(words.decimal("rate", 50, 0.001, 1e6));
        Duration duration = words.has("duration") ? words.time("duration", "1m") : null;
        boolean full = pace.equals(Pace.FULL_SPEED);
        LoadRun.Settings settings = new LoadRun.Settings(
                pace,
                (int) words.whole("customers", full ? 16 : 64, 1, 10_000),
                duration,
                words.time("patience", "60s"),
                words.has("bootstrap-servers") ? words.text("bootstrap-servers", "") : null,
                System.console() != null);
        return new LoadOptions(
                new ServiceUrls(
                        words.text("orders-url", "http://localhost:8080"),
                        words.text("inventory-url", "http://localhost:8081"),
                        words.text("shipping-url", "http://localhost:8082")),
                settings,
                words.file("orders"),
                words.file("products"),
                words.whole("count", duration == null ? 1_000 : Long.MAX_VALUE, 1, Long.MAX_VALUE),
                words.whole("seed", 1, 0, Integer.MAX_VALUE),
                words.decimal("cancel", 5, 0, 100) / 100,
                words.time("wait", "2m"),
                words.has("report") ? Path.of(words.text("report", "")).toAbsolutePath() : null);
    }

    /** The options as they were given. */
    private static final class Words {

        private final Map<String, String> given = new TreeMap<>();

        Words(Map<String, String> environment, String... args) {
            String kafka = environment.get("KAFKA_BOOTSTRAP_SERVERS");
            if (kafka != null) {
                given.put("bootstrap-servers", kafka);
            }
            for (String name : NAMES) {
                String value =
                        environment.get("LOAD_" + name.toUpperCase(Locale.ROOT).replace('-', '_'));
                if (value != null && !value.isBlank()) {
                    given.put(name, value);
                }
            }
            Iterator<String> words = List.of(args).iterator();
            while (words.hasNext()) {
                String word = words.next();
                String name = word.startsWith("--") ? word.substring(2) : "";
                if (!NAMES.contains(name)) {
                    throw new UsageException("unknown option " + word + "\n\n" + USAGE);
                }
                if (!words.hasNext()) {
                    throw new UsageException(word + " needs a value\n\n" + USAGE);
                }
                given.put(name, words.next());
            }
        }

        boolean has(String name) {
            return given.containsKey(name);
        }

        String text(String name, String otherwise) {
            return given.getOrDefault(name, otherwise);
        }

        @Nullable
        Path file(String name) {
            if (!has(name)) {
                return null;
            }
            Path file = Path.of(text(name, "")).toAbsolutePath();
            if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
                throw new UsageException("--" + name + ": cannot read the file " + file);
            }
            return file;
        }

        long whole(String name, long otherwise, long least, long most) {
            try {
                long number = has(name) ? Long.parseLong(text(name, "")) : otherwise;
                if (number >= least && number <= most) {
                    return number;
                }
            } catch (NumberFormatException e) {
                // said below
            }
            throw wrong(name, "a whole number from " + least + " to " + most);
        }

        double decimal(String name, double otherwise, double least, double most) {
            try {
                double number = has(name) ? Double.parseDouble(text(name, "")) : otherwise;
                if (number >= least && number <= most) {
                    return number;
                }
            } catch (NumberFormatException e) {
                // said below
            }
            throw wrong(name, "a number from " + least + " to " + most);
        }

        Duration time(String name, String otherwise) {
            String text = text(name, otherwise);
            try {
                return Duration.parse("PT" + text);
            } catch (DateTimeParseException e) {
                throw wrong(name, "a time such as 30s, 5m or 2h");
            }
        }

        private UsageException wrong(String name, String right) {
            return new UsageException("--" + name + " needs " + right + ", not '" + text(name, "") + "'");
        }
    }
}
