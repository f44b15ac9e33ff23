package io.milena.broker.app;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the archive of loaded classes made that shortens later starts ({@code bin/lib/archive}, {@link Rehearsal}). The first start
 * in a new checkout does without it: the launcher tells the node what is missing, and the node has it made when it has served for
 * a while, by a process of the lowest priority.
 */
final class ClassArchive {
    /** Set by {@code bin/lib/node} if there is no archive, or an old one: the arguments of {@code bin/lib/archive}, one a line. */
    static final String VARIABLE = "MILENA_ARCHIVE";

    /** Short-lived nodes, such as those of tests, make none. */
    private static final long LEISURE_S = 30;

    private static final Logger LOG = LoggerFactory.getLogger(ClassArchive.class);

    private ClassArchive() {}

    static void makeAtLeisure(Map<String, String> environment) {
        List<String> command = command(environment, System.getProperty("milena.root"));
        if (!command.isEmpty()) {
            CompletableFuture.delayedExecutor(LEISURE_S, TimeUnit.SECONDS).execute(() -> make(command));
        }
    }

    /** Empty if nothing is to be made. */
    static List<String> command(Map<String, String> environment, @Nullable String root) {
        String wanted = environment.getOrDefault(VARIABLE, "");
        if (wanted.isEmpty() || root == null) {
            return List.of();
        }
        List<String> command = new ArrayList<>(List.of(
                "nice", "-n", "19", Path.of(root, "bin", "lib", "archive").toString()));
        command.addAll(wanted.lines().toList());
        return command;
    }

    private static void make(List<String> command) {
        ProcessBuilder archive = new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        archive.environment().remove(VARIABLE);
        archive.environment().keySet().removeIf(name -> name.startsWith("KAFKA_"));
        try {
            archive.start();
            LOG.info(
                    "An archive of the loaded classes is being made, at low priority; later starts are faster with it");
        } catch (IOException e) {
            LOG.info(
                    "No archive of the loaded classes can be made; later starts are as slow as this one: {}",
                    e.toString());
        }
    }
}
