package io.milena.testkit.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One node as a process of its own, on a directory and ports that outlive it. The process id is kept in the directory, so that a later
 * program finds the process again; the process outlives the program that started it unless it is stopped. Not thread-safe.
 */
public final class NodeProcess {
    private final NodePlan plan;
    private final Path directory;
    private final @Nullable Network network;

    NodeProcess(NodePlan plan, Path directory, @Nullable Network network) {
        this.plan = plan;
        this.directory = directory;
        this.network = network;
    }

    public int id() {
        return plan.id();
    }

    public Role role() {
        return plan.role();
    }

    public Engine engine() {
        return plan.engine();
    }

    /** The port that brokers and, unless they have their own, clients use; 0 if it is no broker. */
    public int port() {
        return plan.port();
    }

    /** 0 if it is no controller. */
    public int controllerPort() {
        return plan.controllerPort();
    }

    /** {@code host:port} for a client; only of a broker. */
    public String clientAddress() {
        return plan.clientAddress();
    }

    /** Its {@code log.dirs}. */
    public Path data() {
        return directory.resolve("data");
    }

    /** Its {@code server.properties}; a change takes effect at the next start. */
    public Path properties() {
        return directory.resolve("server.properties");
    }

    /** What it and its predecessors have logged. */
    public Path log() {
        return directory.resolve("node.log");
    }

    /** Starts it if it is not running; returns at once, long before it serves. */
    public void start() {
        if (isRunning()) {
            return;
        }
        try {
            if (network != null) {
                network.up(id());
            }
            Process process = plan.engine()
                    .run(properties(), network == null ? null : network.hostsFile(id()))
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                    .start();
            Files.writeString(pidFile(), process.pid() + " " + startedMs(process.toHandle()) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException("Node " + id() + " cannot be started", e);
        }
    }

    /** SIGKILL; returns when it is gone. */
    public void kill() {
        handle().ifPresent(handle -> {
            handle.destroyForcibly();
            awaitExit(handle, Duration.ofSeconds(20));
        });
        gone();
    }

    /** SIGKILL, without waiting for the end. */
    public void killAtOnce() {
        handle().ifPresent(ProcessHandle::destroyForcibly);
    }

    /**
     * SIGTERM; returns when it is gone.
     *
     * @throws IllegalStateException if it does not go in time; it runs on then
     */
    public void stop(Duration atMost) {
        askToStop();
        awaitStopped(atMost);
    }

    /** SIGTERM, without waiting for the end. */
    public void askToStop() {
        handle().ifPresent(ProcessHandle::destroy);
    }

    /** Waits for the end after {@link #askToStop}. */
    public void awaitStopped(Duration atMost) {
        handle().ifPresent(handle -> {
            if (!awaitExit(handle, atMost)) {
                throw new IllegalStateException(
                        "Node " + id() + " did not stop within " + atMost.toMillis() + " ms of SIGTERM; see " + log());
            }
        });
        gone();
    }

    /** SIGSTOP: it hangs with all its connections open. */
    public void pause() {
        signal("STOP");
    }

    /** SIGCONT. */
    public void resume() {
        signal("CONT");
    }

    public boolean isRunning() {
        return handle().isPresent();
    }

    /** Whether its listener takes connections. */
    boolean accepts() {
        int port = role().isBroker() ? port() : controllerPort();
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 500);
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** The process id, if it is running. */
    public Optional<Long> pid() {
        return handle().map(ProcessHandle::pid);
    }

    /** The last lines it logged, for an error message. */
    public String logTail(int lines) {
        try {
            if (!Files.exists(log())) {
                return "";
            }
            List<String> all = Files.readAllLines(log());
            return String.join("\n", all.subList(Math.max(0, all.size() - lines), all.size()));
        } catch (IOException e) {
            return "its log cannot be read: " + e;
        }
    }

    private void gone() {
        if (network != null) {
            network.down(id());
        }
        try {
            Files.deleteIfExists(pidFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void signal(String signal) {
        long pid = pid().orElseThrow(() -> new IllegalStateException("Node " + id() + " is not running"));
        try {
            int code = new ProcessBuilder("kill", "-" + signal, Long.toString(pid))
                    .inheritIO()
                    .start()
                    .waitFor();
            if (code != 0) {
                throw new IllegalStateException("kill -" + signal + " of node " + id() + " failed with " + code);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw Await.interrupted(e);
        }
    }

    private static boolean awaitExit(ProcessHandle handle, Duration atMost) {
        try {
            handle.onExit().get(atMost.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            throw Await.interrupted(e);
        }
    }

    private Path pidFile() {
        return directory.resolve("node.pid");
    }

    /** The process of the pid file, unless that number has become another process's. */
    private Optional<ProcessHandle> handle() {
        try {
            if (!Files.exists(pidFile())) {
                return Optional.empty();
            }
            String[] words = Files.readString(pidFile()).trim().split(" ");
            return ProcessHandle.of(Long.parseLong(words[0]))
                    .filter(ProcessHandle::isAlive)
                    .filter(handle -> Math.abs(startedMs(handle) - Long.parseLong(words[1])) <= 1_000);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long startedMs(ProcessHandle handle) {
        return handle.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }

    @Override
    public String toString() {
        return "node " + id();
    }
}
