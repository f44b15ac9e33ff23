package io.milena.wire;

import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** Sees what passes, for metrics. Called on event loops for each request: must be cheap and must not block or throw. */
public interface RequestObserver {

    /** Sees nothing. */
    RequestObserver NONE = new RequestObserver() {};

    default void onConnect(String listener) {}

    default void onDisconnect(String listener) {}

    /**
     * A request was decoded and is about to be handled.
     *
     * @param requestBytes the frame's bytes without its length prefix
     */
    default void onRequest(String listener, ApiKeys api, short version, int requestBytes) {}

    /**
     * A request was answered and the response handed to the socket.
     *
     * @param latencyNs since the request's frame was complete
     * @param responseBytes with length prefix and file regions; 0 if the request asked for no answer
     * @param error what the exchange failed with, {@link Errors#NONE} if a handler responded
     */
    default void onResponse(String listener, ApiKeys api, long latencyNs, long responseBytes, Errors error) {}

    /** A connection was closed because of what its client sent. */
    default void onRefused(String listener, String reason) {}
}
