package io.milena.compare;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.protocol.ApiKeys;

/** The table by API, and the details: equal differences together, with one question each that shows them. */
final class Report {
    private final List<Result> results;

    Report(List<Result> results) {
        this.results = results;
    }

    /** Questions whose answers differ without a reason. */
    long unexplained() {
        return results.stream().filter(each -> !each.unexplained().isEmpty()).count();
    }

    /** Those questions, each as one line. */
    List<String> differing() {
        return results.stream()
                .filter(each -> !each.unexplained().isEmpty())
                .map(each -> each.api() + " v" + each.version() + " " + each.name() + ": " + each.unexplained())
                .toList();
    }

    String table() {
        StringBuilder table = new StringBuilder(
                String.format("%-34s %7s %7s %11s %6s %8s%n", "API", "asked", "same", "on purpose", "open", "differs"));
        Map<ApiKeys, List<Result>> byApi = new TreeMap<>();
        results.forEach(result ->
                byApi.computeIfAbsent(result.api(), each -> new ArrayList<>()).add(result));
        byApi.forEach((api, list) -> table.append(row(api.name(), list)));
        return table.append(row("all", results)).toString();
    }

    private static String row(String name, List<Result> list) {
        long differs =
                list.stream().filter(each -> !each.unexplained().isEmpty()).count();
        long open = list.stream()
                .filter(each -> each.unexplained().isEmpty() && !each.open().isEmpty())
                .count();
        long same = list.stream().filter(Result::same).count();
        return String.format(
                "%-34s %7d %7d %11s %6s %8s%n",
                name, list.size(), same, some(list.size() - same - differs - open), some(open), some(differs));
    }

    private static String some(long count) {
        return count == 0 ? "" : Long.toString(count);
    }

    /** Every difference in a line of its own. */
    private List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (Result each : results) {
            for (Difference difference : concat(each.unexplained(), each.open())) {
                lines.add(String.join(
                        "\t",
                        each.api().name(),
                        Short.toString(each.version()),
                        each.name(),
                        difference.path(),
                        difference.kafka(),
                        difference.milena()));
            }
        }
        return lines;
    }

    private static List<Difference> concat(List<Difference> first, List<Difference> second) {
        List<Difference> both = new ArrayList<>(first);
        both.addAll(second);
        return both;
    }

    private record Kind(ApiKeys api, String path, String kafka, String milena) {
        /** Messages are of one kind whatever they say. */
        static Kind of(ApiKeys api, Difference difference) {
            boolean message = difference.path().endsWith("rrorMessage");
            return new Kind(
                    api,
                    difference.path(),
                    message ? said(difference.kafka()) : difference.kafka(),
                    message ? said(difference.milena()) : difference.milena());
        }

        private static String said(String value) {
            return value.length() > 2 && value.startsWith("\"") ? "(a text)" : value;
        }
    }

    /** Every difference that is not on purpose, those that are alike together, the most frequent of an API first. */
    void write(Path file) {
        Map<Kind, List<Result>> kinds = new LinkedHashMap<>();
        for (Result result : results) {
            for (Difference each : concat(result.unexplained(), result.open())) {
                Kind kind = Kind.of(result.api(), each);
                kinds.computeIfAbsent(kind, any -> new ArrayList<>()).add(result);
            }
        }
        StringBuilder text = new StringBuilder(table()).append('\n');
        kinds.entrySet().stream()
                .sorted(Comparator.comparing((Map.Entry<Kind, List<Result>> each) -> each.getKey().api)
                        .thenComparing(each -> -each.getValue().size()))
                .forEach(each -> text.append(details(each.getKey(), each.getValue())));
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(file, text);
            Files.write(file.resolveSibling(file.getFileName() + ".tsv"), lines());
        } catch (IOException e) {
            throw new UncheckedIOException("The report cannot be written", e);
        }
    }

    private static String details(Kind kind, List<Result> results) {
        StringBuilder text = new StringBuilder();
        text.append(kind.api).append("  ").append(kind.path).append("  ×").append(results.size());
        text.append("\n    Apache Kafka  ").append(kind.kafka);
        text.append("\n    Milena        ").append(kind.milena);
        results.stream()
                .limit(3)
                .forEach(result -> text.append("\n    v")
                        .append(result.version())
                        .append("  ")
                        .append(result.name()));
        Result last = results.get(results.size() - 1);
        if (results.size() > 3) {
            text.append("\n    …\n    v").append(last.version()).append("  ").append(last.name());
        }
        String request = results.get(0).request();
        text.append("\n    ").append(request.length() <= 600 ? request : request.substring(0, 600) + "…");
        return text.append("\n\n").toString();
    }
}
