package io.milena.bench.embedded;

import io.milena.bench.Row;
import io.milena.bench.Server;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An embedded broker's first and second start in a fresh JVM until a new producer's record is acknowledged: ours as published,
 * {@code milena-embedded}, beside what spring-kafka-test's {@code @EmbeddedKafka} starts. Both JVMs are small and have the serial
 * collector.
 */
public final class EmbeddedStartRow implements Row {
    /** With which the lines begin that tell of a start. */
    static final String PREFIX = "embedded-start";

    private static final String MEASURED = "io.milena.bench.embedded.FirstStart";
    private static final List<String> FIGURES = List.of("first", "second");
    /** Of our libraries, those that an application with {@code milena-embedded} has: its clients, codecs and logging. */
    private static final List<String> OF_AN_APPLICATION =
            List.of("kafka-clients", "slf4j-api", "logback-", "zstd-jni", "lz4-java", "snappy-java");

    private final Path root;

    public EmbeddedStartRow(Path root) {
        this.root = root;
    }

    @Override
    public String name() {
        return "embedded-start";
    }

    @Override
    public boolean warmsUp() {
        return false;
    }

    @Override
    public Map<String, Double> measure(Server server) throws Exception {
        boolean kafka = server.isApacheKafka();
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-Xmx512m",
                        "-Dlogback.configurationFile=bench-logback.xml",
                        "-cp",
                        root.resolve("bench/target/test-classes") + ":" + root.resolve("bench/target/classes") + ":"
                                + (kafka ? root.resolve("bench/target/rival") + "/*" : milena()),
                        MEASURED,
                        kafka ? "kafka" : "milena")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        List<String> said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith(PREFIX))
                .toList();
        if (process.waitFor() != 0 || said.size() != FIGURES.size()) {
            throw new IOException(
                    server.name() + " did not start " + FIGURES.size() + " times in one JVM, but " + said);
        }
        Map<String, Double> figures = Row.figures();
        for (int i = 0; i < said.size(); i++) {
            String[] words = said.get(i).split(" ");
            String which = FIGURES.get(i) + " embedded start ";
            figures.put(which + "until it serves, ms", Double.valueOf(words[1]));
            figures.put(which + "to first acknowledged record, ms", Double.valueOf(words[2]));
            figures.put(which + "to first acknowledged record, CPU ms", Double.valueOf(words[3]));
        }
        return figures;
    }

    private String milena() throws IOException {
        Path packed = root.resolve("milena-embedded/target");
        try (Stream<Path> ours = Files.list(packed);
                Stream<Path> others = Files.list(root.resolve("bench/target/lib"))) {
            return Stream.concat(
                            ours.filter(file -> named(file, "milena-embedded-")),
                            others.filter(file -> OF_AN_APPLICATION.stream().anyMatch(start -> named(file, start))))
                    .map(Path::toString)
                    .collect(Collectors.joining(":"));
        }
    }

    private static boolean named(Path file, String start) {
        String name = file.getFileName().toString();
        return name.startsWith(start) && name.endsWith(".jar");
    }
}
