package io.milena.testkit.process;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A program that can be a node: how it formats a directory and how it runs on it. With the system property {@code milena.root} (as the
 * scripts in {@code bin/} set it) the programs are those the scripts run; without it they are taken from this JVM's own class path,
 * on which they must be then.
 */
public final class Engine {
    private static final List<String> SMALL =
            List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xss512k", "-XX:-UsePerfData");

    private final String name;
    private final String heapMax;
    private final List<String> format;
    private final List<String> run;
    private final boolean launcher;
    private final Map<String, String> settings;

    private Engine(
            String name,
            String heapMax,
            List<String> format,
            List<String> run,
            boolean launcher,
            Map<String, String> settings) {
        this.name = name;
        this.heapMax = heapMax;
        this.format = format;
        this.run = run;
        this.launcher = launcher;
        this.settings = settings;
    }

    /** Our node, without Spring. */
    public static Engine milena() {
        Optional<Path> root = root();
        if (root.isPresent()) {
            String node = root.get().resolve("bin/lib/node").toString();
            return new Engine(
                    "Milena",
                    "-Xmx128m",
                    List.of(node, "none", "io.milena.broker.app.StorageMain"),
                    List.of(node, "bare", "io.milena.broker.app.NodeMain", "--bare"),
                    true,
                    Map.of());
        }
        String path = System.getProperty("java.class.path", "");
        return new Engine(
                "Milena",
                "-Xmx128m",
                List.of("-cp", path, "io.milena.broker.app.StorageMain"),
                List.of(
                        "-Dio.netty.leakDetection.level=disabled",
                        "-cp",
                        path,
                        "io.milena.broker.app.NodeMain",
                        "--bare"),
                false,
                Map.of());
    }

    /** Apache Kafka 4.3.1. */
    public static Engine apacheKafka() {
        List<String> common = toolsOptions();
        // Its cleaner reserves 128 MB unless told otherwise.
        return new Engine(
                "Apache Kafka",
                "-Xmx256m",
                plus(common, "kafka.tools.StorageTool"),
                plus(common, "kafka.Kafka"),
                false,
                Map.of("log.cleaner.dedupe.buffer.size", "4194304"));
    }

    /** The same with another heap. */
    public Engine withHeapMb(int mb) {
        return new Engine(name, "-Xmx" + mb + "m", format, run, launcher, settings);
    }

    static Engine named(String name) {
        return name.equals("Milena") ? milena() : apacheKafka();
    }

    /** What a JVM needs to find Apache Kafka's server and commands. */
    static List<String> toolsOptions() {
        return root().map(root -> List.of(
                        "-Dlog4j2.configurationFile=" + root.resolve("tools/log4j2.xml"),
                        "-cp",
                        root.resolve("tools/target/lib") + File.separator + "*"))
                .orElseGet(() -> List.of("-cp", System.getProperty("java.class.path", "")));
    }

    public String name() {
        return name;
    }

    /** What it needs to be configured with here, beyond what all need. */
    Map<String, String> settings() {
        return settings;
    }

    /** The command that formats the directories that a configuration names. */
    ProcessBuilder format(String clusterId, Path properties) {
        List<String> jvm = launcher ? List.of() : plus(SMALL, "-Xmx128m");
        return command(
                jvm, plus(format, "format", "-t", clusterId, "-c", properties.toString(), "--ignore-formatted"), null);
    }

    /** The command that runs a node in the foreground; the process it starts is the node. */
    ProcessBuilder run(Path properties, @Nullable Path hosts) {
        List<String> options = new ArrayList<>();
        if (hosts != null) {
            options.add("-Djdk.net.hosts.file=" + hosts);
        }
        List<String> jvm = new ArrayList<>();
        if (!launcher) {
            jvm.addAll(SMALL);
            jvm.add(heapMax);
            jvm.addAll(options);
        }
        ProcessBuilder builder = command(jvm, plus(run, properties.toString()), String.join(" ", options));
        return builder;
    }

    private ProcessBuilder command(List<String> jvm, List<String> rest, @Nullable String options) {
        List<String> command = new ArrayList<>();
        if (!launcher) {
            command.add(java());
            command.addAll(jvm);
        }
        command.addAll(rest);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        Map<String, String> environment = builder.environment();
        environment.remove("KAFKA_HEAP_OPTS");
        environment.remove("KAFKA_OPTS");
        if (launcher && options != null) {
            environment.put("KAFKA_HEAP_OPTS", "-Xms24m " + heapMax);
            environment.put("KAFKA_OPTS", options);
        }
        return builder;
    }

    static String java() {
        return Path.of(System.getProperty("java.home", ""), "bin", "java").toString();
    }

    private static Optional<Path> root() {
        return Optional.ofNullable(System.getProperty("milena.root")).map(Path::of);
    }

    private static List<String> plus(List<String> first, String... more) {
        List<String> all = new ArrayList<>(first);
        all.addAll(Arrays.asList(more));
        return all;
    }

    @Override
    public String toString() {
        return name;
    }
}
