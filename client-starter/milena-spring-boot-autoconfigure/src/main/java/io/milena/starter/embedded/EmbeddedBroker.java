package io.milena.starter.embedded;

import io.milena.embedded.EmbeddedCluster;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;

/**
 * The broker of one application context. It starts on a thread of its own and is waited for when its address is asked for first. With DevTools
 * it outlives the restarts of the context, so that topics and records are still there, and ends with the JVM.
 */
public final class EmbeddedBroker implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EmbeddedBroker.class);
    private static final String RESTARTING = "org.springframework.boot.devtools.restart.classloader.RestartClassLoader";
    private static final Map<EmbeddedProperties, EmbeddedBroker> KEPT = new ConcurrentHashMap<>();

    private final CompletableFuture<EmbeddedCluster> cluster = new CompletableFuture<>();
    private final boolean kept;

    private EmbeddedBroker(EmbeddedProperties properties, boolean kept) {
        this.kept = kept;
        Thread starter = new Thread(() -> start(properties), "milena-embedded-start");
        starter.setDaemon(true);
        starter.start();
    }

    /**
     * Begins to start a broker.
     *
     * @param loader of the application's classes: tells whether DevTools restarts it
     */
    public static EmbeddedBroker of(EmbeddedProperties properties, ClassLoader loader) {
        if (!loader.getClass().getName().equals(RESTARTING)) {
            return new EmbeddedBroker(properties, false);
        }
        return KEPT.computeIfAbsent(properties, wanted -> {
            EmbeddedBroker broker = new EmbeddedBroker(wanted, true);
            SpringApplication.getShutdownHandlers().add(broker::stop);
            return broker;
        });
    }

    private void start(EmbeddedProperties properties) {
        long startNs = System.nanoTime();
        try {
            EmbeddedCluster.Builder builder =
                    EmbeddedCluster.builder().brokers(properties.brokers()).port(properties.port());
            if (properties.directory() != null) {
                builder.directory(properties.directory());
            }
            EmbeddedCluster started = builder.start();
            log.info(
                    "No spring.kafka.bootstrap-servers is set: an embedded Milena broker runs at {} (started in {} ms, data {})",
                    started.bootstrapServers(),
                    (System.nanoTime() - startNs) / 1_000_000,
                    properties.directory() == null
                            ? "gone with this application"
                            : "kept in " + properties.directory());
            cluster.complete(started);
        } catch (RuntimeException | Error failed) {
            cluster.completeExceptionally(failed);
        }
    }

    /**
     * Waits until the broker serves.
     *
     * @throws IllegalStateException if it could not be started
     */
    public List<String> bootstrapServers() {
        try {
            return List.of(cluster.join().bootstrapServers().split(","));
        } catch (CompletionException | CancellationException failed) {
            Throwable cause = failed.getCause() == null ? failed : failed.getCause();
            throw new IllegalStateException(
                    "The embedded Milena broker did not start: " + cause.getMessage()
                            + ". Set spring.kafka.bootstrap-servers to use another one, or look at milena.embedded.*",
                    cause);
        }
    }

    /** Stops the broker with its context, unless DevTools is about to start that again. */
    @Override
    public void close() {
        if (!kept) {
            stop();
        }
    }

    private void stop() {
        cluster.whenComplete((started, failed) -> {
            if (started != null) {
                started.close();
            }
        });
    }
}
