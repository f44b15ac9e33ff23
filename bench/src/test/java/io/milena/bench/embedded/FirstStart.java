package io.milena.bench.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code FirstStart milena|kafka}: starts an embedded broker, sends a record to it with a new producer, stops it, and does so once more.
 * Prints a line for each time: {@value EmbeddedStartRow#PREFIX}, the milliseconds until the broker had started and until the record was
 * acknowledged, and the processor time of the latter. The JVM has been in use before, as a test's has: logging, streams, files, sockets.
 */
public final class FirstStart {
    private static final Logger LOG = LoggerFactory.getLogger(FirstStart.class);
    private static final int STARTS = 2;

    private FirstStart() {}

    public static void main(String[] args) {
        int code = 1;
        try {
            measure(args[0].equals("kafka"));
            code = 0;
        } catch (Exception failed) {
            failed.printStackTrace();
        }
        System.exit(code); // whatever threads a broker leaves behind
    }

    private static void measure(boolean kafka) throws Exception {
        useTheJvm();
        for (int i = 0; i < STARTS; i++) {
            long beginNs = System.nanoTime();
            long beginCpuMs = cpuMs();
            try (InProcessBroker broker = kafka ? new KafkaInProcess() : new MilenaInProcess()) {
                long startedMs = elapsedMs(beginNs);
                sendOne(broker.bootstrapServers());
                System.out.println(String.join(
                        " ",
                        EmbeddedStartRow.PREFIX,
                        Long.toString(startedMs),
                        Long.toString(elapsedMs(beginNs)),
                        Long.toString(cpuMs() - beginCpuMs)));
            }
        }
    }

    private static void sendOne(String servers) throws Exception {
        Map<String, Object> config = Map.of("bootstrap.servers", servers, "acks", "all");
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>("first", "key", "value")).get(60, TimeUnit.SECONDS);
        }
    }

    private static long elapsedMs(long sinceNs) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - sinceNs);
    }

    private static long cpuMs() {
        return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toMillis();
    }

    private static void useTheJvm() throws IOException {
        Map<Integer, List<String>> words = IntStream.range(0, 2_000)
                .mapToObj(Integer::toString)
                .collect(Collectors.groupingBy(String::length, TreeMap::new, Collectors.toList()));
        String sizes = words.entrySet().stream()
                .map(entry ->
                        String.format("%d=%d", entry.getKey(), entry.getValue().size()))
                .sorted(Comparator.reverseOrder())
                .collect(Collectors.joining(", "));
        LOG.info(
                "In use: {}, {}",
                sizes,
                Pattern.compile("(\\d+)=").matcher(sizes).find());
        CompletableFuture.supplyAsync(() -> sizes).thenApply(String::length).join();
        Path directory = Files.createTempDirectory("in-use");
        Files.writeString(directory.resolve("file"), sizes);
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket socket = new Socket(listener.getInetAddress(), listener.getLocalPort())) {
            LOG.info("In use: {}", socket.isConnected());
        }
    }
}
