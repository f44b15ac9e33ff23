package io.milena.raft;

import io.milena.raft.core.Event;
import io.milena.raft.core.Loss;
import io.milena.raft.core.Peer;
import io.milena.raft.core.Request;
import io.milena.raft.core.Response;
import io.milena.raft.rpc.RaftApi;
import io.milena.raft.rpc.RaftRpc;
import io.milena.wire.ConnectionRefusedException;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends what the core wants sent, and turns what comes back, or does not, into events. */
final class OutboundRequests {
    private static final Logger LOG = LoggerFactory.getLogger(OutboundRequests.class);

    private final RaftTransport transport;
    private final RaftRpc.Context context;
    private final int requestTimeoutMs;
    private final Consumer<Event> sink;
    private final BiConsumer<Object, String> warn;

    /**
     * @param sink takes outcomes; any thread
     * @param warn takes warnings and what they are equal by; any thread
     */
    OutboundRequests(
            RaftRpc.Context context,
            RaftTransport transport,
            int requestTimeoutMs,
            Consumer<Event> sink,
            BiConsumer<Object, String> warn) {
        this.context = context;
        this.transport = transport;
        this.requestTimeoutMs = requestTimeoutMs;
        this.sink = sink;
        this.warn = warn;
    }

    void send(Peer to, Request request) {
        send(to, request, RaftApi.of(request));
    }

    private <Q extends ApiMessage, P extends ApiMessage> void send(Peer to, Request request, RaftRpc<Q, P> rpc) {
        CompletableFuture<ApiMessage> sent;
        try {
            sent = transport.send(to.address(), rpc.request(request, context), requestTimeoutMs);
        } catch (RuntimeException impossible) {
            sent = CompletableFuture.failedFuture(impossible); // an address that a peer named need not be one
        }
        sent.whenComplete((answer, failure) -> sink.accept(outcome(to, request, rpc, answer, failure)));
    }

    @SuppressWarnings("unchecked") // the transport answers with the same API's response
    private <Q extends ApiMessage, P extends ApiMessage> Event outcome(
            Peer to, Request request, RaftRpc<Q, P> rpc, @Nullable ApiMessage answer, @Nullable Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (answer == null) {
            LOG.debug("{} to node {} at {} failed: {}", rpc.api(), to.id(), to.address(), String.valueOf(cause));
            if (cause instanceof UnsupportedVersionException && request instanceof Request.Vote) {
                Response.Header header = new Response.Header(Errors.UNSUPPORTED_VERSION, -1, OptionalInt.empty(), null);
                return new Event.ResponseReceived(to, request, new Response.Vote(header, false));
            }
            return new Event.RequestFailed(to, request, loss(cause));
        }
        try {
            Response response = rpc.parseResponse((P) answer, context);
            if (response.header().error() == Errors.INCONSISTENT_CLUSTER_ID) {
                warn.accept(
                        List.of(to.address(), Errors.INCONSISTENT_CLUSTER_ID),
                        to.address() + " refuses this node: it belongs to another cluster than " + context.clusterId());
            }
            return new Event.ResponseReceived(to, request, response);
        } catch (RuntimeException malformed) {
            warn.accept(
                    List.of(to.address(), rpc.api()),
                    "Answer of " + to.address() + " to " + rpc.api() + " is not understood: " + malformed);
            return new Event.RequestFailed(to, request, Loss.UNANSWERED);
        }
    }

    private static Loss loss(@Nullable Throwable cause) {
        if (cause instanceof ConnectionRefusedException) {
            return Loss.REFUSED;
        }
        return cause instanceof DisconnectException ? Loss.DISCONNECTED : Loss.UNANSWERED;
    }
}
