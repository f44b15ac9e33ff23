package io.milena.compare;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.AbstractResponse;

/** Requests from JSON to bytes and responses from bytes to JSON, by the converters that kafka-clients generates beside its messages. */
final class Messages {
    static final String CLIENT_ID = "compare";
    /** Behind the key and the version. */
    private static final int CORRELATION_ID = 4;

    private static final Map<Class<?>, MethodHandle> WRITERS = new ConcurrentHashMap<>();
    private static final Map<Class<?>, MethodHandle> READERS = new ConcurrentHashMap<>();

    private Messages() {}

    /** A frame without its length, with correlation id 0. {@code body} has every mandatory field of that version. */
    static ByteBuffer request(ApiKeys api, short version, JsonNode body) {
        ApiMessage message = (ApiMessage) read(api.messageType.newRequest().getClass(), body, version);
        ByteBuffer bytes = MessageUtil.toByteBufferAccessor(message, version).buffer();
        return join(header(api, version), bytes);
    }

    /** A frame without its length whose body is any bytes and whose version need not exist. */
    static ByteBuffer raw(ApiKeys api, short version, ByteBuffer body) {
        return join(header(api, version), body);
    }

    private static ByteBuffer header(ApiKeys api, short version) {
        RequestHeaderData header = new RequestHeaderData()
                .setRequestApiKey(api.id)
                .setRequestApiVersion(version)
                .setClientId(CLIENT_ID);
        short known = (short) Math.max(api.oldestVersion(), Math.min(version, api.latestVersion(true)));
        return MessageUtil.toByteBufferAccessor(header, api.requestHeaderVersion(known))
                .buffer();
    }

    private static ByteBuffer join(ByteBuffer first, ByteBuffer second) {
        ByteBuffer both = ByteBuffer.allocate(first.remaining() + second.remaining());
        return both.put(first).put(second.duplicate()).flip();
    }

    /** Puts a correlation id into a frame. */
    static ByteBuffer numbered(ByteBuffer frame, int correlationId) {
        return frame.remaining() < CORRELATION_ID + Integer.BYTES ? frame : frame.putInt(CORRELATION_ID, correlationId);
    }

    /** The body of a response, with what was left of the frame behind it. */
    static JsonNode response(ApiKeys api, short version, int correlationId, ByteBuffer frame) {
        ByteBufferAccessor bytes = new ByteBufferAccessor(frame);
        ResponseHeaderData header = new ResponseHeaderData(bytes, api.responseHeaderVersion(version));
        if (header.correlationId() != correlationId) {
            return Json.object().put("<correlation id>", header.correlationId() - correlationId);
        }
        ApiMessage data = AbstractResponse.parseResponse(api, bytes, version).data();
        JsonNode json = RecordsInJson.readable(write(data, version), data);
        if (bytes.remaining() > 0) {
            return Json.object()
                    .<com.fasterxml.jackson.databind.node.ObjectNode>set("body", json)
                    .put("<bytes behind it>", bytes.remaining());
        }
        return json;
    }

    /** A message, or a part of one, as JSON. */
    static JsonNode write(Object data, short version) {
        MethodHandle writer = WRITERS.computeIfAbsent(
                data.getClass(),
                type -> method(type, "write", MethodType.methodType(JsonNode.class, type, short.class)));
        return (JsonNode) invoke(writer, data, version);
    }

    private static Object read(Class<?> type, JsonNode json, short version) {
        MethodHandle reader = READERS.computeIfAbsent(
                type, each -> method(each, "read", MethodType.methodType(each, JsonNode.class, short.class)));
        return invoke(reader, json, version);
    }

    private static Object invoke(MethodHandle handle, Object first, short version) {
        try {
            return handle.invoke(first, version);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** XRequestData$Part is converted by XRequestDataJsonConverter$PartJsonConverter. */
    private static MethodHandle method(Class<?> type, String name, MethodType signature) {
        String full = type.getName();
        int inner = full.indexOf('$');
        String converter = inner < 0
                ? full + "JsonConverter"
                : full.substring(0, inner) + "JsonConverter$" + full.substring(inner + 1) + "JsonConverter";
        try {
            return MethodHandles.publicLookup().findStatic(Class.forName(converter), name, signature);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(full + " has no JSON converter", e);
        }
    }
}
