package io.milena.compare;

import io.milena.compare.script.Script;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.common.protocol.ApiKeys;

/** Asks Apache Kafka and Milena the same questions. {@link #main} is the command behind {@code bin/compare-kafka}. */
public final class Compare {
    /** Asked first: later they would list whatever the other questions have made, or tried to. */
    private static final Set<ApiKeys> LISTS = EnumSet.of(
            ApiKeys.LIST_GROUPS,
            ApiKeys.METADATA,
            ApiKeys.DESCRIBE_TOPIC_PARTITIONS,
            ApiKeys.DESCRIBE_LOG_DIRS,
            ApiKeys.LIST_CONFIG_RESOURCES);

    private final Path directory;
    private final Options options;
    private final ExpectedDifferences onPurpose = ExpectedDifferences.onPurpose();
    private final ExpectedDifferences open = ExpectedDifferences.open();

    Compare(Path directory, Options options) {
        this.directory = directory;
        this.options = options;
    }

    public static void main(String[] args) throws IOException {
        Options options = Options.parse(args);
        Path directory = Files.createTempDirectory("compare-kafka");
        Compare compare = new Compare(directory, options);
        Report report;
        try {
            report = compare.run();
        } finally {
            delete(directory);
        }
        report.write(options.report());
        System.out.print(report.table());
        if (options.atLeast(Options.Depth.ALL) && options.only().isEmpty()) {
            Stream.concat(compare.onPurpose.unused().stream(), compare.open.unused().stream())
                    .forEach(line -> System.out.println("Explains nothing: " + line));
        }
        System.out.println("Details: " + options.report().toAbsolutePath());
        System.exit(report.differing().isEmpty() ? 0 : 1);
    }

    /** One whole run; the servers are gone when it returns. */
    Report run() {
        List<Result> results = new ArrayList<>();
        try (Pair pair = new Pair(directory.resolve("main"))) {
            Interview interview = new Interview(pair.theirs(), pair.ours(), onPurpose, open);
            SetUp.run(interview);
            ask(interview, pair);
            results.addAll(interview.results());
            new Report(results).write(options.report()); // in case somebody stops the rest
        }
        if (options.atLeast(Options.Depth.ALL)) {
            new DangerousQuestions(directory, options, onPurpose, open).ask(results);
        }
        return new Report(results);
    }

    private void ask(Interview interview, Pair pair) {
        GeneratedQuestions generated = new GeneratedQuestions(interview, options.atLeast(Options.Depth.ALL));
        Set<ApiKeys> apis = interview.harmless(Listener.BROKER);
        apis.retainAll(generated.apis());
        List<ApiKeys> inOrder = new ArrayList<>(apis);
        inOrder.sort(Comparator.comparing(api -> !LISTS.contains(api)));
        for (ApiKeys api : inOrder) {
            if (options.wants(api.name())) {
                progress(api.name());
                generated.ask(Listener.BROKER, api);
                new Report(interview.results()).write(options.report());
            }
        }
        List<Script> scripts = new ArrayList<>();
        if (options.atLeast(Options.Depth.QUICK)) {
            scripts.addAll(Script.SHORT);
        }
        if (options.atLeast(Options.Depth.ALL)) {
            scripts.addAll(Script.LONG);
        }
        for (Script script : scripts) {
            if (options.wants(script.getClass().getSimpleName())) {
                progress(script.getClass().getSimpleName());
                ask(script, interview, pair);
                new Report(interview.results()).write(options.report());
            }
        }
    }

    /** A sequence whose questions end a node is over; the node is started again for the others. */
    private static void ask(Script script, Interview interview, Pair pair) {
        try {
            script.ask(interview);
        } catch (IllegalStateException e) {
            interview.failed(script.getClass().getSimpleName(), e);
        }
        pair.start();
    }

    static void progress(String what) {
        if (System.console() != null || System.getProperty("compare.progress") != null) {
            System.err.printf("%tT %s%n", System.currentTimeMillis(), what);
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
