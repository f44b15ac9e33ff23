package io.milena.wire;

import io.netty.buffer.ByteBuf;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;

/** Turns a connection's frames into exchanges; throws {@link RefusedException} for what the protocol does not allow. */
final class RequestParser {

    private final ServerConnection connection;
    private final HandlerRegistry registry;
    private final RequestHead head = new RequestHead();

    RequestParser(ServerConnection connection, HandlerRegistry registry) {
        this.connection = connection;
        this.registry = registry;
    }

    /** The API key of an unread frame, or -1 if it is too short to have one. */
    static int peekApiKey(ByteBuf frame) {
        return frame.readableBytes() < 2 ? -1 : frame.getShort(frame.readerIndex());
    }

    RequestExchange<?> parse(ByteBuf frame, long receivedNs) {
        int frameBytes = frame.readableBytes();
        head.readFixed(frame);
        ApiHandler<?> handler = registry.handlerOrNull(head.apiKey());
        if (handler == null) {
            throw new RefusedException("API key " + head.apiKey() + " is not served here");
        }
        ApiKeys api = handler.api();
        connection.requireAllowed(api);
        boolean supported = head.version() >= handler.lowestVersion() && head.version() <= handler.highestVersion();
        if (!supported && api != ApiKeys.API_VERSIONS) {
            throw new RefusedException(
                    "version " + head.version() + " of " + api + " is not supported: " + range(handler));
        }
        head.readRest(frame, api.messageType.requestHeaderVersion(head.version()));
        if (!supported) {
            return new RequestExchange<>(
                    connection,
                    UnsupportedVersions.HANDLER,
                    head,
                    new ApiVersionsRequestData(),
                    frame,
                    frameBytes,
                    receivedNs);
        }
        return exchange(handler, readBody(api, head.version(), frame), frame, frameBytes, receivedNs);
    }

    @SuppressWarnings("unchecked")
    private <Q extends ApiMessage> RequestExchange<Q> exchange(
            ApiHandler<Q> handler, ApiMessage request, ByteBuf frame, int frameBytes, long receivedNs) {
        return new RequestExchange<>(connection, handler, head, (Q) request, frame, frameBytes, receivedNs);
    }

    /** Reads the body. Bytes behind it are ignored, as Kafka ignores them: librdkafka 2.15 sends some. */
    static ApiMessage readBody(ApiKeys api, short version, ByteBuf frame) {
        ApiMessage request = api.messageType.newRequest();
        RequestReader reader = new RequestReader(frame.nioBuffer());
        try {
            request.read(reader, version);
        } catch (RuntimeException e) {
            throw new RefusedException("%s version %d cannot be read: %s".formatted(api, version, reason(e)));
        }
        return request;
    }

    private static String reason(RuntimeException e) {
        @Nullable String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }

    private static String range(ApiHandler<?> handler) {
        return handler.lowestVersion() + " to " + handler.highestVersion() + " are";
    }
}
