package io.milena.wire;

import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/** A request on its way to another node, until its future is completed. */
final class NodeCall {

    /** Leaves the choice of the version to what both sides know. */
    static final short HIGHEST_COMMON = -1;

    final ApiKeys api;
    final ApiMessage request;
    final short wantedVersion;
    final long deadlineNs;
    final CompletableFuture<ApiMessage> future = new CompletableFuture<>();
    private final boolean probe;

    short version;
    int correlationId;

    private NodeCall(ApiMessage request, short wantedVersion, long deadlineNs, boolean probe) {
        this.api = ApiKeys.forId(request.apiKey());
        this.request = request;
        this.wantedVersion = wantedVersion;
        this.deadlineNs = deadlineNs;
        this.probe = probe;
    }

    static NodeCall of(ApiMessage request, short wantedVersion, long deadlineNs) {
        return new NodeCall(request, wantedVersion, deadlineNs, false);
    }

    /** Asks for no more than what the other node told on connecting. */
    static NodeCall probe(long deadlineNs) {
        return new NodeCall(new ApiVersionsRequestData(), HIGHEST_COMMON, deadlineNs, true);
    }

    boolean isProbe() {
        return probe;
    }

    void complete(ApiMessage response) {
        future.complete(response);
    }

    void completeProbe(ApiVersionsResponseData told) {
        future.complete(told.duplicate());
    }

    void fail(RuntimeException failure) {
        future.completeExceptionally(failure);
    }
}
