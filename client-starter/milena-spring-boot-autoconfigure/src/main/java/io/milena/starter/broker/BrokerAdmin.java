package io.milena.starter.broker;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.jspecify.annotations.Nullable;

/** The one admin client of the application, opened on first use and shared by provisioning, health and lag. Thread-safe. */
public final class BrokerAdmin implements AutoCloseable {

    private final Map<String, Object> configuration;
    private final Duration timeout;
    private final CompletableFuture<Void> firstAnswer = new CompletableFuture<>();
    private final BrokerProbe probe;
    private @Nullable Admin admin;
    private volatile @Nullable Instant lastAnswer;

    /** @param base admin client properties with the bootstrap servers and security settings */
    public BrokerAdmin(Map<String, Object> base, Duration timeout) {
        Map<String, Object> merged = new HashMap<>(base);
        int timeoutMs = (int) timeout.toMillis();
        merged.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, timeoutMs);
        merged.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, timeoutMs);
        merged.put(AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500);
        this.configuration = Map.copyOf(merged);
        this.timeout = timeout;
        this.probe = TroubleReader.probe(base, timeout);
    }

    /** Where the broker is looked for. */
    public String bootstrapServers() {
        return String.join(",", TroubleReader.servers(configuration));
    }

    /** Completes once: when the broker has answered for the first time and what could be created of the declared topics exists. */
    public CompletableFuture<Void> firstAnswer() {
        return firstAnswer;
    }

    /** What keeps every bootstrap address from being connected to, empty if one can be; takes no longer than one time-out each. */
    public Optional<BrokerTrouble> reach() {
        return probe.reach();
    }

    /**
     * Why bootstrap addresses cannot be connected to, by address, of those that cannot; takes no longer than one time-out each.
     *
     * @param alive nodes that are known to answer, whose addresses are not tried
     */
    public Map<String, String> unreached(Collection<Node> alive) {
        Set<String> known =
                alive.stream().map(node -> node.host() + ":" + node.port()).collect(Collectors.toSet());
        return probe.unreached(server -> !known.contains(server));
    }

    /** When the broker last answered a question that was {@linkplain #await awaited}, empty if it never did. */
    public Optional<Instant> lastAnswer() {
        return Optional.ofNullable(lastAnswer);
    }

    /** Looks for the reason of a failure. May take some time-outs. */
    public BrokerTrouble explain(Throwable error) {
        return TroubleReader.read(error, probe);
    }

    public synchronized Admin client() {
        if (admin == null) {
            admin = Admin.create(configuration);
        }
        return admin;
    }

    /** How long an answer may take. */
    public Duration timeout() {
        return timeout;
    }

    /** Waits for an answer. The error is Kafka's own, unwrapped. */
    public <T> T await(KafkaFuture<T> answer) {
        try {
            T value = answer.get(timeout.toMillis() + 500, TimeUnit.MILLISECONDS);
            lastAnswer = Instant.now();
            return value;
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
}
