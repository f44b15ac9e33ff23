package io.milena.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A server that can be measured, as the two commands an operator would type.
 *
 * @param name as shown in the table, e.g. {@code Apache Kafka}
 * @param format command that formats the directories named in the properties file, which is appended
 * @param start command that runs one node in the foreground, the properties file is appended
 * @param environment variables for {@code start}
 */
public record Server(String name, List<String> format, List<String> start, Map<String, String> environment) {
    static final String CLUSTER_ID = "bWlsZW5hLWJlbmNoLTAwMQ";

    private static final String APACHE_KAFKA = "Apache Kafka";

    static Server apacheKafka(Path root) {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        List<String> jvm = List.of(
                java,
                "-Xms256m",
                "-Xmx512m",
                "-XX:+UseG1GC",
                "-Dlog4j2.configurationFile=" + root.resolve("tools/log4j2.xml"),
                "-cp",
                root.resolve("tools/target/lib") + "/*");
        return new Server(
                APACHE_KAFKA,
                append(jvm, "kafka.tools.StorageTool", "format", "-t", CLUSTER_ID, "-c"),
                append(jvm, "kafka.Kafka"),
                Map.of());
    }

    /** Our node inside Spring Boot, as {@code bin/kafka-server-start.sh} runs it. */
    static Server milena(Path root) {
        return new Server(
                "Milena",
                formatCommand(root),
                List.of(root.resolve("bin/kafka-server-start.sh").toString()),
                Map.of("SERVER_PORT", "0")); // several nodes of one machine
    }

    /** Our node without Spring. */
    static Server milenaBare(Path root) {
        return new Server(
                "Milena, bare",
                formatCommand(root),
                List.of(root.resolve("bin/kafka-server-start.sh").toString(), "--bare"),
                Map.of());
    }

    public boolean isApacheKafka() {
        return name.equals(APACHE_KAFKA);
    }

    /** The same server with a heap of this size from the start, for workloads that do not fit into the usual one. */
    Server withHeapMib(int mib) {
        List<String> command = start.stream()
                .map(argument -> argument.startsWith("-Xmx")
                        ? "-Xmx" + mib + "m"
                        : argument.startsWith("-Xms") ? "-Xms" + mib + "m" : argument)
                .toList();
        Map<String, String> heap = new HashMap<>(environment);
        heap.put("KAFKA_HEAP_OPTS", "-Xms" + mib + "m -Xmx" + mib + "m");
        return new Server(name, format, command, isApacheKafka() ? environment : heap);
    }

    private static List<String> formatCommand(Path root) {
        return List.of(root.resolve("bin/kafka-storage.sh").toString(), "format", "-t", CLUSTER_ID, "-c");
    }

    private static List<String> append(List<String> head, String... tail) {
        List<String> all = new ArrayList<>(head);
        all.addAll(List.of(tail));
        return List.copyOf(all);
    }
}
