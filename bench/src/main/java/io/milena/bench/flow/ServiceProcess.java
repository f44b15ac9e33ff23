package io.milena.bench.flow;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One service as a process of its own, on a port and a database that outlive it. Not thread-safe. */
final class ServiceProcess implements AutoCloseable {

    private static final double TICKS_PER_SECOND = 100;
    private static final int USER_TICKS = 11;

    private final String name;
    private final Path log;
    private final List<String> command;
    private @Nullable Process process;

    /** @param options of its JVM */
    ServiceProcess(String name, String mainClass, Path directory, List<String> options, List<String> settings) {
        this.name = name;
        this.log = directory.resolve(name + ".log");
        this.command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home", ""), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-XX:-UsePerfData"));
        command.addAll(options);
        command.addAll(List.of(
                "-cp", System.getProperty("surefire.test.class.path", System.getProperty("java.class.path", ""))));
        command.add(mainClass);
        command.addAll(settings);
        command.add("--logging.config=classpath:service-logback.xml");
    }

    String name() {
        return name;
    }

    void start() {
        try {
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("the " + name + " cannot be started", e);
        }
    }

    boolean isRunning() {
        Process running = process;
        return running != null && running.isAlive();
    }

    /** SIGKILL; returns when it is gone. */
    void kill() {
        Process running = process;
        if (running != null) {
            running.destroyForcibly();
            awaitGone(running);
        }
    }

    /** SIGTERM, and SIGKILL if it takes longer than ten seconds. */
    void stop() {
        Process running = process;
        if (running != null) {
            running.destroy();
            if (!awaitGone(running)) {
                kill();
            }
        }
    }

    /** CPU time since its last start, user and system. */
    double cpuSeconds() {
        Process running = process;
        if (running == null) {
            return 0;
        }
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(running.pid()), "stat"));
            String[] words = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return (Long.parseLong(words[USER_TICKS]) + Long.parseLong(words[USER_TICKS + 1])) / TICKS_PER_SECOND;
        } catch (IOException e) {
            return 0;
        }
    }

    private static boolean awaitGone(Process process) {
        try {
            return process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void close() {
        kill();
    }
}
