package io.milena.compare;

import io.milena.testkit.process.Engine;
import io.milena.testkit.process.NodeProcess;
import io.milena.testkit.process.ProcessCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * Starts one node each of Apache Kafka and Milena with the same settings and asks both. {@link #main} is the command behind {@code
 * bin/compare-kafka}.
 */
public final class Compare {
    private static final Map<String, String> SETTINGS = Map.of("auto.create.topics.enable", "false");

    private final Path directory;
    private final Options options;

    /**
     * @param quick only the good requests and the questions with a history
     * @param only APIs to ask; empty for all
     */
    record Options(boolean quick, Set<String> only, Path report) {
        static Options parse(String[] args) {
            boolean quick = false;
            Set<String> only = new TreeSet<>();
            Path report = Path.of("target/compare-kafka.txt");
            for (int i = 0; i < args.length; i++) {
                switch (args[i]) {
                    case "--quick":
                        quick = true;
                        break;
                    case "--only":
                        only.addAll(List.of(args[++i].split(",")));
                        break;
                    case "--report":
                        report = Path.of(args[++i]);
                        break;
                    default:
                        throw new IllegalArgumentException(
                                args[i] + " is no option; there are --quick, --only API,API and --report FILE");
                }
            }
            return new Options(quick, only, report);
        }
    }

    Compare(Path directory, Options options) {
        this.directory = directory;
        this.options = options;
    }

    public static void main(String[] args) throws IOException {
        Options options = Options.parse(args);
        Path directory = Files.createTempDirectory("compare-kafka");
        Report report = new Compare(directory, options).run();
        report.write(options.report);
        System.out.print(report.table());
        System.out.println("Details: " + options.report.toAbsolutePath());
        delete(directory);
        System.exit(report.unexplained() == 0 ? 0 : 1);
    }

    /** One whole run; the servers are gone when it returns. */
    Report run() {
        ExpectedDifferences expected = ExpectedDifferences.read();
        try (ProcessCluster kafka = cluster("kafka", Engine.apacheKafka());
                ProcessCluster milena = cluster("milena", Engine.milena())) {
            kafka.nodes().forEach(NodeProcess::start);
            milena.nodes().forEach(NodeProcess::start);
            kafka.awaitServing();
            milena.awaitServing();
            try (Server theirs = server("Apache Kafka", kafka);
                    Server ours = server("Milena", milena)) {
                Interview interview = new Interview(theirs, ours, expected);
                SetUp.run(interview);
                ask(interview);
                return new Report(interview.results());
            }
        }
    }

    private void ask(Interview interview) {
        GeneratedQuestions generated = new GeneratedQuestions(interview, !options.quick);
        for (ApiKeys api : generated.apis()) {
            if (options.only.isEmpty() || options.only.contains(api.name())) {
                generated.ask(Listener.BROKER, api);
            }
        }
    }

    private ProcessCluster cluster(String name, Engine engine) {
        return ProcessCluster.in(directory.resolve(name))
                .combined(1)
                .engine(engine)
                .settings(SETTINGS)
                .create();
    }

    private static Server server(String name, ProcessCluster cluster) {
        NodeProcess node = cluster.node(1);
        return new Server(name, node.port(), node.controllerPort());
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
