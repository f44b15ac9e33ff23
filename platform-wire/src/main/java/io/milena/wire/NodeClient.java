package io.milena.wire;

import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.protocol.ApiMessage;

/**
 * A request/response connection to another node: pipelined, dialled with the first request and again after a loss. Any
 * thread may call it. Futures complete on the connection's event loop: what follows them must not block. Response messages
 * own their bytes.
 */
public final class NodeClient implements AutoCloseable {

    /**
     * @param address asked anew at each dial; an unresolved address is looked up anew each time, away from the event loops
     */
    public NodeClient(WireEventLoops loops, NodeClientConfig config, Supplier<InetSocketAddress> address) {
        throw new UnsupportedOperationException("under construction");
    }

    /**
     * Sends a request at the highest version that both sides know.
     *
     * @return the response's data class, or fails with {@link org.apache.kafka.common.errors.DisconnectException} when the
     *     dial fails or the connection is lost, {@link org.apache.kafka.common.errors.TimeoutException} when no answer came
     *     in time, {@link org.apache.kafka.common.errors.UnsupportedVersionException} when no version is common
     */
    public CompletableFuture<ApiMessage> send(ApiMessage request) {
        throw new UnsupportedOperationException("under construction");
    }

    /** Sends a request at a given version; fails as {@link #send(ApiMessage)} does. */
    public CompletableFuture<ApiMessage> send(ApiMessage request, short version) {
        throw new UnsupportedOperationException("under construction");
    }

    /** What the other node told about itself on connecting; dials if there is no connection. */
    public CompletableFuture<ApiVersionsResponseData> apiVersions() {
        throw new UnsupportedOperationException("under construction");
    }

    /** Adds an action that runs, on an event loop, each time an established connection is lost: a suspicion of failure. */
    public void onDisconnect(Runnable action) {
        throw new UnsupportedOperationException("under construction");
    }

    public boolean isConnected() {
        throw new UnsupportedOperationException("under construction");
    }

    /** Drops the connection, if there is one; what was sent on it fails. The next request dials anew. */
    public void disconnect() {
        throw new UnsupportedOperationException("under construction");
    }

    /** Closes for good; what has no answer yet fails with a disconnect. Does not wait. */
    @Override
    public void close() {
        throw new UnsupportedOperationException("under construction");
    }
}
