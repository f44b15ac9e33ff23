package io.milena.wire;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.requests.ResponseHeader;

/** Speaks to a server over a plain socket, with kafka-clients' own serialization. */
final class RawClient implements AutoCloseable {

    private final Socket socket;
    private final DataInputStream in;

    RawClient(int port) throws IOException {
        this(new Socket("127.0.0.1", port));
    }

    RawClient(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(10_000);
        in = new DataInputStream(socket.getInputStream());
    }

    static byte[] frame(ApiKeys api, short version, int correlationId, ApiMessage request) {
        ByteBuffer header = serialize(
                new RequestHeader(api, version, "raw", correlationId).data(), api.requestHeaderVersion(version));
        ByteBuffer body = serialize(request, version);
        return ByteBuffer.allocate(4 + header.remaining() + body.remaining())
                .putInt(header.remaining() + body.remaining())
                .put(header)
                .put(body)
                .array();
    }

    static ByteBuffer serialize(ApiMessage message, short version) {
        ObjectSerializationCache cache = new ObjectSerializationCache();
        ByteBuffer buffer = ByteBuffer.allocate(message.size(cache, version));
        message.write(new ByteBufferAccessor(buffer), cache, version);
        buffer.flip();
        return buffer;
    }

    RawClient send(ApiKeys api, short version, int correlationId, ApiMessage request) throws IOException {
        return send(frame(api, version, correlationId, request));
    }

    RawClient send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    /** The next frame without its length. */
    ByteBuffer receive() throws IOException {
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        return ByteBuffer.wrap(bytes);
    }

    ApiMessage receive(ApiKeys api, short version, int correlationId) throws IOException {
        ByteBuffer frame = receive();
        ResponseHeader header = ResponseHeader.parse(frame, api.responseHeaderVersion(version));
        if (header.correlationId() != correlationId) {
            throw new AssertionError("Expected answer " + correlationId + ", got " + header.correlationId());
        }
        ApiMessage response = api.messageType.newResponse();
        response.read(new ByteBufferAccessor(frame), version);
        if (frame.hasRemaining()) {
            throw new AssertionError(frame.remaining() + " bytes too many");
        }
        return response;
    }

    /** Whether the server closes the connection (by end of stream or reset) without sending anything. */
    boolean isClosedByPeer() {
        try {
            return in.read() < 0;
        } catch (java.net.SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    Socket socket() {
        return socket;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
