package io.milena.broker.control;

import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.message.AllocateProducerIdsResponseData;
import org.apache.kafka.common.message.AlterPartitionResponseData;
import org.apache.kafka.common.message.AssignReplicasToDirsResponseData;
import org.apache.kafka.common.message.BrokerHeartbeatResponseData;
import org.apache.kafka.common.message.BrokerRegistrationResponseData;
import org.apache.kafka.common.message.EnvelopeResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests to whichever controller is active. While there is no leader, the connection breaks or the node asked answers
 * NOT_CONTROLLER, the request is tried again until its deadline; so it may reach a controller twice and must be safe to repeat.
 * Thread-safe.
 */
public final class ControllerChannel implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ControllerChannel.class);
    private static final long RETRY_MS = 20;

    /** A connection to one controller. */
    public interface Link extends AutoCloseable {
        /** Sends at the highest version both sides know; fails with a Kafka exception when the connection breaks. */
        CompletableFuture<ApiMessage> send(ApiMessage request);

        @Override
        void close();
    }

    /** Opens links; does not block. */
    public interface Dialer {
        /** @param onLost runs, on any thread, each time an established connection of the link breaks */
        Link dial(Node controller, Runnable onLost);
    }

    private final Supplier<Optional<Node>> leader;
    private final Dialer dialer;
    private final LongSupplier nanoTime;
    private final ScheduledExecutorService scheduler;
    private final Map<Integer, DialedLink> links = new HashMap<>();
    /** In the order in which they came, so that they leave in it. */
    private final Set<Retry> waiting = Collections.synchronizedSet(new LinkedHashSet<>());

    private volatile Runnable onLost = () -> {};
    private volatile boolean closed;

    private record DialedLink(Node node, Link link) {}

    /** A request that waits for its next attempt; equal to itself only. */
    private final class Retry implements Runnable {
        private final ApiMessage request;
        private final long deadlineNs;
        private final CompletableFuture<ApiMessage> result;

        Retry(ApiMessage request, long deadlineNs, CompletableFuture<ApiMessage> result) {
            this.request = request;
            this.deadlineNs = deadlineNs;
            this.result = result;
        }

        @Override
        public void run() {
            if (waiting.remove(this)) {
                attempt(request, deadlineNs, result);
            }
        }
    }

    /**
     * @param leader the active controller as far as this node knows
     * @param dialer opens connections
     * @param scheduler runs the retries; tasks are short
     */
    public ControllerChannel(Supplier<Optional<Node>> leader, Dialer dialer, ScheduledExecutorService scheduler) {
        this(leader, dialer, scheduler, System::nanoTime);
    }

    /** As above, by another clock. */
    public ControllerChannel(
            Supplier<Optional<Node>> leader, Dialer dialer, ScheduledExecutorService scheduler, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.leader = leader;
        this.dialer = dialer;
        this.scheduler = scheduler;
    }

    /**
     * Sends {@code request} to the active controller.
     *
     * @param timeoutMs how long to go on trying, ms
     * @return the response; fails with {@link TimeoutException} when no controller answered in time, and at once with what a
     *     repetition cannot mend
     */
    public CompletableFuture<ApiMessage> send(ApiMessage request, long timeoutMs) {
        CompletableFuture<ApiMessage> result = new CompletableFuture<>();
        attempt(request, nanoTime.getAsLong() + TimeUnit.MILLISECONDS.toNanos(timeoutMs), result);
        return result;
    }

    /** @param action runs, on any thread, when a connection to the active controller breaks */
    public void onLost(Runnable action) {
        onLost = action;
    }

    /**
     * Another controller may be active: what waits for one is sent now, and what another than the new one still has in hand, if
     * it hangs rather than died, is taken from it and sent anew.
     */
    public void onControllerChanged() {
        Optional<Node> active = leader.get();
        if (active.isPresent()) {
            closeLinksToOthers(active.get().id());
            List.copyOf(waiting).forEach(Retry::run);
        }
    }

    private synchronized void closeLinksToOthers(int activeId) {
        links.values().removeIf(dialed -> {
            boolean other = dialed.node.id() != activeId;
            if (other) {
                dialed.link.close();
            }
            return other;
        });
    }

    private boolean isActive(Node node) {
        return leader.get().filter(node::equals).isPresent();
    }

    private void attempt(ApiMessage request, long deadlineNs, CompletableFuture<ApiMessage> result) {
        if (result.isDone()) {
            return;
        }
        Optional<Node> node = leader.get();
        if (node.isEmpty()) {
            retry(request, deadlineNs, result, "no active controller is known");
            return;
        }
        linkTo(node.get()).send(request).whenComplete((response, error) -> {
            if (error != null) {
                onFailure(request, deadlineNs, result, node.get(), error);
            } else if (topLevelError(response) == Errors.NOT_CONTROLLER) {
                retry(
                        request,
                        deadlineNs,
                        result,
                        "node " + node.get().id() + " is not the active controller any more");
            } else {
                result.complete(response);
            }
        });
    }

    private void onFailure(
            ApiMessage request, long deadlineNs, CompletableFuture<ApiMessage> result, Node node, Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        if (cause instanceof UnsupportedVersionException || cause instanceof AuthenticationException) {
            result.completeExceptionally(cause);
        } else {
            log.debug("Request to controller {} failed", node, cause);
            retry(request, deadlineNs, result, "controller " + node + ": " + cause);
        }
    }

    private void retry(ApiMessage request, long deadlineNs, CompletableFuture<ApiMessage> result, String why) {
        if (closed || nanoTime.getAsLong() - deadlineNs >= 0) {
            result.completeExceptionally(new TimeoutException("The active controller did not answer in time: " + why));
            return;
        }
        Retry retry = new Retry(request, deadlineNs, result);
        waiting.add(retry);
        try {
            scheduler.schedule(retry, RETRY_MS, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException shuttingDown) {
            waiting.remove(retry);
            result.completeExceptionally(new TimeoutException("This node is shutting down", shuttingDown));
        }
    }

    private synchronized Link linkTo(Node node) {
        DialedLink known = links.get(node.id());
        if (known != null && known.node.equals(node)) {
            return known.link;
        }
        if (known != null) {
            known.link.close();
        }
        DialedLink dialed = new DialedLink(node, dialer.dial(node, () -> {
            if (isActive(node)) {
                onLost.run();
            }
        }));
        links.put(node.id(), dialed);
        return dialed.link;
    }

    private static @Nullable Errors topLevelError(ApiMessage response) {
        Short code = null;
        if (response instanceof EnvelopeResponseData envelope) {
            code = envelope.errorCode();
        } else if (response instanceof BrokerHeartbeatResponseData heartbeat) {
            code = heartbeat.errorCode();
        } else if (response instanceof BrokerRegistrationResponseData registration) {
            code = registration.errorCode();
        } else if (response instanceof AllocateProducerIdsResponseData block) {
            code = block.errorCode();
        } else if (response instanceof AlterPartitionResponseData partitions) {
            code = partitions.errorCode();
        } else if (response instanceof AssignReplicasToDirsResponseData directories) {
            code = directories.errorCode();
        }
        return code == null ? null : Errors.forCode(code);
    }

    @Override
    public synchronized void close() {
        closed = true;
        links.values().forEach(dialed -> dialed.link.close());
        links.clear();
    }
}
