package io.milena.starter.broker;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.jspecify.annotations.Nullable;

/** The one admin client of the application, opened on first use and shared by provisioning, health and lag. Thread-safe. */
public final class BrokerAdmin implements AutoCloseable {

    private final Map<String, Object> configuration;
    private final Duration timeout;
    private final CompletableFuture<Void> firstAnswer = new CompletableFuture<>();
    private @Nullable Admin admin;

    /** @param base admin client properties with the bootstrap servers and security settings */
    public BrokerAdmin(Map<String, Object> base, Duration timeout) {
        Map<String, Object> merged = new HashMap<>(base);
        int timeoutMs = (int) timeout.toMillis();
        merged.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, timeoutMs);
        merged.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, timeoutMs);
        merged.put(AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500);
        this.configuration = Map.copyOf(merged);
        this.timeout = timeout;
    }

    /** Where the broker is looked for. */
    public String bootstrapServers() {
        Object servers = configuration.get(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG);
        return servers instanceof Iterable<?> list ? joined(list) : String.valueOf(servers);
    }

    /** Completes once: when the broker has answered for the first time and the declared topics exist. */
    public CompletableFuture<Void> firstAnswer() {
        return firstAnswer;
    }

    public synchronized Admin client() {
        if (admin == null) {
            admin = Admin.create(configuration);
        }
        return admin;
    }

    /** Waits for an answer. The error is Kafka's own, unwrapped. */
    public <T> T await(KafkaFuture<T> answer) {
        try {
            return answer.get(timeout.toMillis() + 500, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException kafka ? kafka : new KafkaException(e.getCause());
        } catch (TimeoutException e) {
            throw new org.apache.kafka.common.errors.TimeoutException("no answer within " + timeout);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new org.apache.kafka.common.errors.InterruptException(e);
        }
    }

    @Override
    public synchronized void close() {
        if (admin != null) {
            admin.close(Duration.ofSeconds(1));
        }
    }

    private static String joined(Iterable<?> list) {
        StringBuilder text = new StringBuilder();
        list.forEach(server -> text.append(text.isEmpty() ? "" : ",").append(server));
        return text.toString();
    }
}
