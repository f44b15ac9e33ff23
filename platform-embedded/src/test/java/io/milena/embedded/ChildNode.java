package io.milena.embedded;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionTimeoutException;

/** One node as a process of its own on this test's class path, ours or Apache Kafka's, on a directory and ports that outlive it. */
final class ChildNode implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(90);
    private static final Duration POLL = Duration.ofMillis(20);

    private final Path properties;
    private final Path output;
    private final int port;
    private Process process;

    private ChildNode(Path properties, Path output, int port) {
        this.properties = properties;
        this.output = output;
        this.port = port;
    }

    /** Writes a combined node's configuration; nothing runs yet. */
    static ChildNode in(Path directory, Map<String, String> extra) throws IOException {
        int port = freePort();
        int controllerPort = freePort();
        Map<String, String> all = new TreeMap<>(Map.of(
                "process.roles", "broker,controller",
                "node.id", "1",
                "controller.quorum.voters", "1@127.0.0.1:" + controllerPort,
                "listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort,
                "listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
                "controller.listener.names", "CONTROLLER",
                "inter.broker.listener.name", "PLAINTEXT",
                "log.dirs", directory.resolve("data").toString(),
                "offsets.topic.replication.factor", "1",
                "offsets.topic.num.partitions", "5"));
        all.put("group.initial.rebalance.delay.ms", "0");
        all.putAll(extra);
        List<String> lines = new ArrayList<>();
        all.forEach((key, value) -> lines.add(key + "=" + value));
        return new ChildNode(
                Files.write(directory.resolve("server.properties"), lines), directory.resolve("node.log"), port);
    }

    /** A node with just these properties, one of them {@code listeners} with a single address. */
    static ChildNode with(Path directory, Map<String, String> properties) throws IOException {
        String listeners = properties.get("listeners");
        int port = Integer.parseInt(listeners.substring(listeners.lastIndexOf(':') + 1));
        List<String> lines = new ArrayList<>();
        properties.forEach((key, value) -> lines.add(key + "=" + value));
        Files.createDirectories(directory);
        return new ChildNode(
                Files.write(directory.resolve("server.properties"), lines), directory.resolve("node.log"), port);
    }

    String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    /** Starts our node, which formats an unformatted directory, and returns when it accepts connections. */
    ChildNode startMilena() throws IOException {
        return start("io.milena.broker.app.ConformanceNode");
    }

    /** Starts Apache Kafka on the same directory. */
    ChildNode startApacheKafka() throws IOException {
        return start("kafka.Kafka");
    }

    private ChildNode start(String main) throws IOException {
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx" + System.getProperty("milena.child.heap", "256m"),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        main,
                        properties.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
                .start();
        awaitPort();
        return this;
    }

    /** Asks seldom enough to leave the processors to the node. */
    private void awaitPort() throws IOException {
        try {
            await().pollDelay(Duration.ZERO)
                    .pollInterval(POLL)
                    .atMost(START)
                    .until(() -> accepts() || !process.isAlive());
        } catch (ConditionTimeoutException late) {
            throw new IOException("The node did not start:\n" + Files.readString(output), late);
        }
        if (!process.isAlive()) {
            throw new IOException("The node did not start:\n" + Files.readString(output));
        }
    }

    private boolean accepts() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** SIGKILL. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** SIGTERM; fails if the node does not go. */
    void stop() throws InterruptedException {
        stop(30);
    }

    /** As {@link #stop()}, of a node that has much to close. */
    void stop(long atMostSeconds) throws InterruptedException {
        process.destroy();
        if (!process.waitFor(atMostSeconds, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IllegalStateException("The node did not stop within " + atMostSeconds + " s of SIGTERM");
        }
    }

    @Override
    public void close() {
        if (process != null && process.isAlive()) {
            process.destroyForcibly();
        }
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
