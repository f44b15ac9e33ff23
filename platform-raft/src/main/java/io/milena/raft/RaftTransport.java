package io.milena.raft;

import io.milena.raft.core.HostPort;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.protocol.ApiMessage;

/** How the driver reaches other nodes. Thread-safe; never blocks. */
public interface RaftTransport extends AutoCloseable {
    /**
     * Sends one request and completes with the response of the same API, or exceptionally when the peer cannot be reached, hangs
     * up or does not answer within {@code timeoutMs}. Connections are opened lazily and kept.
     */
    CompletableFuture<ApiMessage> send(HostPort destination, ApiMessage request, long timeoutMs);

    /** Opens what {@link #send} would open, because it will be needed in a moment; may do nothing. */
    default void prepare(HostPort destination) {}

    @Override
    void close();
}
