package io.milena.bench;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.requests.RequestUtils;
import org.apache.kafka.common.requests.ResponseHeader;

/** Speaks to a controller's listener as a broker does, one request at a time. Blocking, not thread-safe. */
final class ControllerConnection implements AutoCloseable {
    private final Socket socket = new Socket();
    private int correlationId;

    ControllerConnection(int port) throws IOException {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(120_000);
    }

    /** Sends {@code request} in the highest version this client knows, and waits for the answer. */
    <R extends ApiMessage> R call(ApiKeys api, ApiMessage request, Class<R> answer) throws IOException {
        short version = api.latestVersion();
        RequestHeader header = new RequestHeader(api, version, "bench", correlationId++);
        ByteBuffer frame = RequestUtils.serialize(header.data(), header.headerVersion(), request, version);
        ByteBuffer sized = ByteBuffer.allocate(4 + frame.remaining());
        sized.putInt(frame.remaining()).put(frame);
        socket.getOutputStream().write(sized.array());
        DataInputStream in = new DataInputStream(socket.getInputStream());
        ByteBuffer body = ByteBuffer.wrap(in.readNBytes(in.readInt()));
        ResponseHeader.parse(body, api.responseHeaderVersion(version));
        ApiMessage response = api.messageType.newResponse();
        response.read(new ByteBufferAccessor(body), version);
        return answer.cast(response);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
