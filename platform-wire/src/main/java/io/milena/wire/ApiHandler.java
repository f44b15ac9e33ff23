package io.milena.wire;

import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/**
 * Answers one API of Kafka's protocol. There is one class for each API, entered into a {@link HandlerRegistry}.
 *
 * @param <Q> the request's data class, such as {@code ProduceRequestData}
 */
public interface ApiHandler<Q extends ApiMessage> {

    /** The API that this handler answers. */
    ApiKeys api();

    /** The lowest version that is accepted and advertised. */
    default short lowestVersion() {
        return api().messageType.lowestSupportedVersion();
    }

    /** The highest version that is accepted and advertised; by default the highest stable one of kafka-clients. */
    default short highestVersion() {
        return api().messageType.highestSupportedVersion(false);
    }

    /**
     * Whether {@link #handle} must be called on the connection's event loop even with a request of many thousand elements,
     * which is otherwise handled on another thread, for the sake of the loop's other connections.
     */
    default boolean needsEventLoop() {
        return false;
    }

    /**
     * Handles one request. Called on the connection's event loop (see {@link #needsEventLoop()}) and must not block: what takes longer is handed to another
     * thread, which answers through the exchange later. An exception thrown from here becomes the API's error response.
     */
    void handle(Exchange<Q> exchange);
}
