package io.milena.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One node of one server as a child process, with a directory and ports of its own. Not thread-safe. */
final class ServerProcess implements AutoCloseable {
    private static final long START_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(180);
    private static final double TICKS_PER_SECOND = 100.0;
    private static final long THREAD_DUMP_MS = 200;
    /** Of processes that have ended, until a row is over. */
    private static final List<Path> DIRECTORIES = new ArrayList<>();

    private final Server server;
    private final Path dir;
    private final Path properties;
    private final int port;
    private @Nullable Process process;
    private long startedNs;

    private ServerProcess(Server server, Path dir, Path properties, int port) {
        this.server = server;
        this.dir = dir;
        this.properties = properties;
        this.port = port;
    }

    /** A combined node alone: writes the configuration and formats the directory; nothing runs yet. */
    static ServerProcess formatted(Server server, Map<String, String> extra) throws IOException, InterruptedException {
        int port = freePort();
        int controllerPort = freePort();
        List<String> lines = new ArrayList<>(List.of(
                "process.roles=broker,controller",
                "node.id=1",
                "controller.quorum.voters=1@127.0.0.1:" + controllerPort,
                "listeners=PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort,
                "advertised.listeners=PLAINTEXT://127.0.0.1:" + port,
                "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
                "controller.listener.names=CONTROLLER",
                "inter.broker.listener.name=PLAINTEXT",
                "offsets.topic.replication.factor=1",
                "transaction.state.log.replication.factor=1",
                "transaction.state.log.min.isr=1",
                "group.initial.rebalance.delay.ms=0"));
        extra.forEach((key, value) -> lines.add(key + "=" + value));
        return formatted(server, port, lines);
    }

    /**
     * As above for any node.
     *
     * @param port that tells by accepting connections that the node is up
     * @param lines of server.properties; the directory is added
     */
    static ServerProcess formatted(Server server, int port, List<String> lines)
            throws IOException, InterruptedException {
        Path dir = Files.createTempDirectory("milena-bench");
        List<String> all = new ArrayList<>(lines);
        all.add("log.dirs=" + dir.resolve("data"));
        Path properties = Files.write(dir.resolve("server.properties"), all);
        List<String> command = new ArrayList<>(server.format());
        command.add(properties.toString());
        Process format = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve("format.log").toFile())
                .start();
        if (format.waitFor() != 0) {
            throw new IOException(server.name() + ": format failed: " + Files.readString(dir.resolve("format.log")));
        }
        return new ServerProcess(server, dir, properties, port);
    }

    /** The port that tells that the node is up: a broker's client listener, else the controller's. */
    int port() {
        return port;
    }

    Path dir() {
        return dir;
    }

    String bootstrap() {
        return "127.0.0.1:" + port;
    }

    /** System.nanoTime just before the process was started. */
    long startedNs() {
        return startedNs;
    }

    void start() throws IOException {
        List<String> command = new ArrayList<>(server.start());
        command.add(properties.toString());
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(dir.resolve("node.log").toFile()));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(server.environment());
        startedNs = System.nanoTime();
        process = builder.start();
    }

    /** Returns when the client port accepts a connection. */
    void awaitPort() throws IOException, InterruptedException {
        while (true) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
                return;
            } catch (IOException notYet) {
                if (System.nanoTime() - startedNs > START_TIMEOUT_NS
                        || !running().isAlive()) {
                    throw new IOException(server.name() + " did not start: " + tail(), notYet);
                }
                Thread.sleep(2);
            }
        }
    }

    /** CPU time the process has used, user and system, seconds. */
    double cpuSeconds() throws IOException {
        String stat = Files.readString(Path.of("/proc", Long.toString(running().pid()), "stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
    }

    /** Resident memory, MiB. */
    double residentMib() throws IOException {
        try (Stream<String> lines =
                Files.lines(Path.of("/proc", Long.toString(running().pid()), "status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                            .findFirst()
                            .orElseThrow()
                    / 1024.0;
        }
    }

    boolean isAlive() {
        return process != null && process.isAlive();
    }

    /** SIGTERM, and waits for the exit. */
    void stop() throws InterruptedException {
        Process running = running();
        running.destroy();
        if (!running.waitFor(60, TimeUnit.SECONDS)) {
            running.destroyForcibly().waitFor();
        }
    }

    /** SIGKILL. */
    void kill() throws InterruptedException {
        running().destroyForcibly().waitFor();
    }

    /** SIGKILL without waiting for the exit, for measuring what others do from this moment on. */
    void killNow() {
        running().destroyForcibly();
    }

    /** Kills the process, which writes its threads' stacks into its log before. Its directory stays until the row is over. */
    @Override
    public void close() throws InterruptedException {
        if (process != null && process.isAlive()) {
            dumpThreads(process.pid());
            kill();
        }
        DIRECTORIES.add(dir);
    }

    private static void dumpThreads(long pid) throws InterruptedException {
        try {
            new ProcessBuilder("kill", "-QUIT", Long.toString(pid)).start().waitFor();
            Thread.sleep(THREAD_DUMP_MS);
        } catch (IOException e) {
            System.err.println("No thread dump of process " + pid + ": " + e.getMessage());
        }
    }

    /** A row is over and all is well: the directories of its processes go. */
    static void deleteDirectories() {
        for (Path each : DIRECTORIES) {
            try (Stream<Path> files = Files.walk(each)) {
                files.sorted(Comparator.reverseOrder())
                        .forEach(file -> file.toFile().delete());
            } catch (IOException e) {
                throw new UncheckedIOException("Could not delete " + each, e);
            }
        }
        DIRECTORIES.clear();
    }

    /** Where the servers of a row that failed have their data, and their logs with thread dumps at the end. */
    static List<Path> keepDirectories() {
        List<Path> kept = List.copyOf(DIRECTORIES);
        DIRECTORIES.clear();
        return kept;
    }

    private Process running() {
        if (process == null) {
            throw new IllegalStateException(server.name() + " was not started");
        }
        return process;
    }

    private String tail() throws IOException {
        Path log = dir.resolve("node.log");
        List<String> lines = Files.exists(log) ? Files.readAllLines(log) : List.of();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
