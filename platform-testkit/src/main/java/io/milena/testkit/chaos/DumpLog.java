package io.milena.testkit.chaos;

import io.milena.testkit.process.ApacheKafkaCommand;
import io.milena.testkit.process.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Apache Kafka's own {@code kafka-dump-log} as a judge of the logs and indexes that stopped nodes have left. */
final class DumpLog {
    private static final String COMMAND = "org.apache.kafka.tools.DumpLogSegments";
    private static final int KEPT = 10;

    /** A batch that is not valid, an index that leads astray, bytes that are no batch. */
    private static final Pattern COMPLAINT = Pattern.compile(
            "isvalid: false|mismatch|not found|out of order|non-consecutive|invalid bytes|exception|error|corrupt|failed",
            Pattern.CASE_INSENSITIVE);

    private DumpLog() {}

    /** What it complains of, over all segments and indexes below the directories; empty if all is clean. */
    static List<String> complaints(List<Path> dataDirectories) {
        List<String> complaints = new ArrayList<>();
        String logs = files(dataDirectories, ".log");
        complaints.addAll(run("--deep-iteration", "--files", logs));
        complaints.addAll(run("--index-sanity-check", "--files", files(dataDirectories, ".index", ".timeindex")));
        return complaints;
    }

    private static String files(List<Path> directories, String... suffixes) {
        List<String> found = new ArrayList<>();
        for (Path directory : directories) {
            try (Stream<Path> all = Files.walk(directory)) {
                all.map(Path::toString)
                        .filter(file -> Stream.of(suffixes).anyMatch(file::endsWith))
                        .sorted()
                        .forEach(found::add);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return String.join(",", found);
    }

    private static List<String> run(String... arguments) {
        try {
            Process process = ApacheKafkaCommand.of(COMMAND, arguments).start();
            List<String> complaints;
            long lines;
            try (BufferedReader output = process.inputReader()) {
                List<String> all = new ArrayList<>();
                String line;
                String file = "";
                lines = 0;
                while ((line = output.readLine()) != null) {
                    lines++;
                    if (line.startsWith("Dumping ")) {
                        file = line.substring("Dumping ".length());
                    }
                    if (COMPLAINT.matcher(line).find() && all.size() < KEPT) {
                        all.add("kafka-dump-log, " + file + ": " + line);
                    }
                }
                complaints = all;
            }
            if (process.waitFor() != 0 || lines == 0) {
                complaints.add(
                        "kafka-dump-log ended with exit code " + process.exitValue() + " after " + lines + " lines");
            }
            return complaints;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw Await.interrupted(e);
        }
    }
}
