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

    /** @throws TooLargeForLoopException for what {@link #parseElsewhere} parses, with the same frame */
    RequestExchange<?> parse(ByteBuf frame, long receivedNs) {
        int start = frame.readerIndex();
        try {
            return parse(head, frame, receivedNs, true);
        } catch (TooLargeForLoopException e) {
            frame.readerIndex(start);
            throw e;
        }
    }

    /** The same for a request of any size, on any thread, while the connection begins no other one. */
    RequestExchange<?> parseElsewhere(ByteBuf frame, long receivedNs) {
        return parse(new RequestHead(), frame, receivedNs, false);
    }

    private RequestExchange<?> parse(RequestHead into, ByteBuf frame, long receivedNs, boolean onLoop) {
        int frameBytes = frame.readableBytes();
        into.readFixed(frame);
        ApiHandler<?> handler = registry.handlerOrNull(into.apiKey());
        if (handler == null) {
            throw new RefusedException("API key " + into.apiKey() + " is not served here");
        }
        ApiKeys api = handler.api();
        connection.requireAllowed(api);
        boolean supported = into.version() >= handler.lowestVersion() && into.version() <= handler.highestVersion();
        if (!supported && api != ApiKeys.API_VERSIONS) {
            throw new RefusedException(
                    "version " + into.version() + " of " + api + " is not supported: " + range(handler));
        }
        into.readRest(frame, api.messageType.requestHeaderVersion(into.version()));
        if (!supported) {
            return new RequestExchange<>(
                    connection,
                    UnsupportedVersions.HANDLER,
                    into,
                    new ApiVersionsRequestData(),
                    frame,
                    frameBytes,
                    receivedNs);
        }
        RequestReader reader = onLoop
                ? RequestReader.onLoop(api, frame.nioBuffer(), connection.requestMemory())
                : RequestReader.elsewhere(frame.nioBuffer(), connection.requestMemory());
        ApiMessage request = readBody(api, into.version(), reader);
        RequestExchange<?> exchange = exchange(handler, into, request, frame, frameBytes, receivedNs);
        exchange.holds(reader.takenBytes());
        return exchange;
    }

    @SuppressWarnings("unchecked")
    private <Q extends ApiMessage> RequestExchange<Q> exchange(
            ApiHandler<Q> handler, RequestHead of, ApiMessage request, ByteBuf frame, int frameBytes, long receivedNs) {
        return new RequestExchange<>(connection, handler, of, (Q) request, frame, frameBytes, receivedNs);
    }

    /**
     * Reads the body. Bytes behind it are ignored, as Kafka ignores them: librdkafka 2.15 sends some. What the reader took of
     * the memory it keeps only if the body can be read.
     */
    static ApiMessage readBody(ApiKeys api, short version, RequestReader reader) {
        ApiMessage request = api.messageType.newRequest();
        boolean read = false;
        try {
            reader.checkKeys(api, version);
            request.read(reader, version);
            read = true;
            return request;
        } catch (TooLargeForLoopException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new RefusedException("%s version %d cannot be read: %s".formatted(api, version, reason(e)));
        } finally {
            if (!read) {
                reader.giveBack();
            }
        }
    }

    private static String reason(RuntimeException e) {
        @Nullable String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }

    private static String range(ApiHandler<?> handler) {
        return handler.lowestVersion() + " to " + handler.highestVersion() + " are";
    }
}
