package io.milena.bench;

import io.milena.bench.embedded.EmbeddedStartRow;
import io.milena.bench.flow.OrderFlowRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code bench/run [ROW ...] [--json FILE] [--runs N] [--only SERVER]}: see docs/benchmarks.md. */
public final class Bench {
    private static final List<Row> ROWS = List.of(
            StartRow.start(),
            StartRow.memory(),
            new EmbeddedStartRow(root()),
            ProduceRow.cpu(),
            ProduceRow.throughput(),
            ConsumeRow.cpu(),
            ConsumeRow.throughput(),
            new LatencyRow(),
            new PartitionsRow("partitions-1k", 1_000));
    /** Only when asked for by name: they take minutes. */
    private static final List<Row> LONG_ROWS = List.of(
            new PartitionsRow("partitions-10k", 10_000),
            new ReplicatedRow(),
            new OrderFlowRow(false),
            new OrderFlowRow(true),
            FailoverRow.ofBroker(),
            FailoverRow.ofController(),
            FailoverRow.ofCombined(),
            FailoverRow.ofStop(),
            new MetadataRow("metadata-100k", 100_000, 512, 5),
            new MetadataRow("metadata-1m", 1_000_000, 2_048, 20));

    private final Path root;
    private final int runs;
    private final @Nullable String only;
    private final List<String> table = new ArrayList<>();
    private final List<String> json = new ArrayList<>();

    private Bench(Path root, int runs, @Nullable String only) {
        this.root = root;
        this.only = only;
        this.runs = runs;
    }

    public static void main(String[] args) throws Exception {
        List<String> names = new ArrayList<>();
        @Nullable Path jsonFile = null;
        int runs = 3;
        @Nullable String only = null;
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--json" -> jsonFile = Path.of(args[++i]);
                case "--only" -> only = args[++i];
                case "--runs" -> runs = Integer.parseInt(args[++i]);
                default -> names.add(args[i]);
            }
        }
        Bench bench = new Bench(root(), runs, only);
        bench.run(select(names));
        if (jsonFile != null) {
            Files.writeString(jsonFile, "[\n" + String.join(",\n", bench.json) + "\n]\n");
        }
        System.exit(0); // clients' daemon threads and shut-down hooks are of no use to a measurement
    }

    private static Path root() {
        return Path.of(System.getProperty("milena.root", "."));
    }

    private static List<Row> select(List<String> names) {
        List<Row> all = new ArrayList<>(ROWS);
        all.addAll(LONG_ROWS);
        List<String> known = all.stream().map(Row::name).toList();
        for (String name : names) {
            if (!known.contains(name)) {
                System.err.println("There is no row '" + name + "'. Rows: " + String.join(", ", known));
                System.exit(2);
            }
        }
        return names.isEmpty()
                ? ROWS
                : all.stream().filter(row -> names.contains(row.name())).toList();
    }

    private void run(List<Row> rows) throws Exception {
        table.add("| what | Apache Kafka 4.3.1 | Milena | ratio | Milena, bare | ratio |");
        table.add("| --- | ---: | ---: | ---: | ---: | ---: |");
        for (Row row : rows) {
            measure(row);
        }
        System.out.println();
        table.forEach(System.out::println);
        System.out.println();
        System.out.println("Medians of " + runs + " alternating runs; " + machine()
                + ". A ratio is Milena's figure over Kafka's.");
    }

    private void measure(Row row) throws Exception {
        List<Server> servers = new ArrayList<>(List.of(Server.apacheKafka(root), Server.milena(root)));
        if (row.alsoBare()) {
            servers.add(Server.milenaBare(root));
        }
        List<String> known = servers.stream().map(Server::name).toList();
        servers.removeIf(server -> only != null && !server.name().equals(only));
        if (servers.isEmpty()) {
            throw new IllegalArgumentException("Row " + row.name() + " has no server '" + only + "', only " + known);
        }
        Map<String, Map<String, List<Double>>> results = new LinkedHashMap<>();
        for (int run = row.warmsUp() ? 0 : 1; run <= runs; run++) { // run 0 warms up and does not count
            for (Server server : servers) {
                System.err.printf("%s, %s, %s ...%n", row.name(), server.name(), run == 0 ? "warm-up" : "run " + run);
                Map<String, Double> figures = measure(row, server);
                figures.forEach((what, value) -> System.err.println("    " + what + ": " + number(value)));
                if (run > 0) {
                    figures.forEach((what, value) -> results.computeIfAbsent(what, key -> new LinkedHashMap<>())
                            .computeIfAbsent(server.name(), key -> new ArrayList<>())
                            .add(value));
                }
            }
        }
        results.forEach((what, byServer) -> record(row, what, byServer));
    }

    private static Map<String, Double> measure(Row row, Server server) throws Exception {
        try {
            Map<String, Double> figures = row.measure(server);
            ServerProcess.deleteDirectories();
            return figures;
        } catch (Exception failed) {
            System.err.println("Row " + row.name() + " failed; data and logs of " + server.name() + " are kept in "
                    + ServerProcess.keepDirectories());
            throw failed;
        }
    }

    private void record(Row row, String what, Map<String, List<Double>> byServer) {
        double kafka = median(byServer.get("Apache Kafka"));
        StringBuilder line = new StringBuilder("| " + what + " | " + number(kafka));
        StringBuilder object = new StringBuilder("  {\"row\": \"" + row.name() + "\", \"what\": \"" + what
                + "\", \"moreIsBetter\": " + Row.moreIsBetter(what) + ", \"apacheKafka\": " + kafka);
        for (String ours : List.of("Milena", "Milena, bare")) {
            List<Double> values = byServer.get(ours);
            if (values == null) {
                line.append(" | | ");
                continue;
            }
            double median = median(values);
            line.append(" | ").append(number(median)).append(" | ").append(number(median / kafka));
            String key = ours.equals("Milena") ? "milena" : "milenaBare";
            object.append(
                    String.format(Locale.ROOT, ", \"%s\": %s, \"%sRatio\": %.4f", key, median, key, median / kafka));
        }
        table.add(line.append(" |").toString());
        json.add(object.append("}").toString());
        System.err.println(table.get(table.size() - 1));
    }

    private static double median(@Nullable List<Double> values) {
        if (values == null) {
            return Double.NaN;
        }
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static String number(double value) {
        if (value >= 1000) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        return String.format(Locale.ROOT, value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value);
    }

    private static String machine() throws IOException {
        String cpu = Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 2))
                .findFirst()
                .orElse("unknown CPU");
        return Runtime.getRuntime().availableProcessors() + " cores of " + cpu + ", JDK "
                + Runtime.version().feature() + ", "
                + Arrays.asList(System.getProperty("os.name"), System.getProperty("os.version"));
    }
}
