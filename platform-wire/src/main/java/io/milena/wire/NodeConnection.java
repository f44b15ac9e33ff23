package io.milena.wire;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.jspecify.annotations.Nullable;

/**
 * One connection to another node: numbers the requests, and gives each answer to the call whose turn it is, for answers come
 * in the order of requests. On its event loop only.
 */
final class NodeConnection extends ChannelInboundHandlerAdapter {

    private final NodeClient owner;
    private final Channel channel;
    private final byte[] clientId;
    private final boolean encrypted;
    private final ArrayDeque<NodeCall> inFlight = new ArrayDeque<>();
    private int nextCorrelationId;
    private boolean established;
    private @Nullable Throwable cause;

    NodeConnection(NodeClient owner, Channel channel, String clientId, boolean encrypted) {
        this.owner = owner;
        this.channel = channel;
        this.clientId = clientId.getBytes(StandardCharsets.UTF_8);
        this.encrypted = encrypted;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        if (!encrypted) {
            owner.established(this);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake) {
            if (handshake.isSuccess()) {
                owner.established(this);
            } else {
                close(handshake.cause());
            }
        }
    }

    /** Writes a request at the version its call holds. */
    void write(NodeCall call) {
        call.correlationId = nextCorrelationId++ & Integer.MAX_VALUE;
        ByteBuf out;
        try {
            out = encode(call);
        } catch (RuntimeException e) {
            call.fail(e);
            return;
        }
        inFlight.add(call);
        channel.writeAndFlush(out);
    }

    private ByteBuf encode(NodeCall call) {
        ObjectSerializationCache cache = new ObjectSerializationCache();
        int bodyBytes = call.request.size(cache, call.version);
        ByteBuf out = channel.alloc().directBuffer(16 + clientId.length + bodyBytes);
        try {
            out.writeInt(0);
            out.writeShort(call.api.id);
            out.writeShort(call.version);
            out.writeInt(call.correlationId);
            out.writeShort(clientId.length);
            out.writeBytes(clientId);
            if (call.api.messageType.requestHeaderVersion(call.version) >= 2) {
                out.writeByte(0);
            }
            call.request.write(new BufferWriter(out), cache, call.version);
            out.setInt(0, out.readableBytes() - ResponseWriter.LENGTH_BYTES);
            return out;
        } catch (RuntimeException e) {
            out.release();
            throw e;
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf frame = (ByteBuf) message;
        NodeCall call = inFlight.poll();
        try {
            if (call == null) {
                throw new RefusedException("it answers what was not asked");
            }
            ApiMessage response = decode(frame, call);
            call.complete(response);
        } catch (RuntimeException e) {
            if (call != null) {
                call.fail(disconnected(e));
            }
            close(e);
        } finally {
            frame.release();
        }
    }

    /** The answer gets a copy of its bytes on the heap, because nobody says when it is done with. */
    private static ApiMessage decode(ByteBuf frame, NodeCall call) {
        if (frame.readableBytes() < 4 || frame.getInt(frame.readerIndex()) != call.correlationId) {
            throw new RefusedException("the answer to " + call.api + " has another correlation id");
        }
        byte[] bytes = new byte[frame.readableBytes()];
        frame.readBytes(bytes);
        RequestReader reader = new RequestReader(ByteBuffer.wrap(bytes, 4, bytes.length - 4));
        // An ApiVersions answer of version 0 may come to a newer request: that is how an older node refuses it
        // (KIP-511).
        short version = answersOlder(call, bytes) ? 0 : call.version;
        call.version = version;
        if (call.api.messageType.responseHeaderVersion(version) >= 1) {
            skipTaggedFields(reader);
        }
        ApiMessage response = call.api.messageType.newResponse();
        response.read(reader, version);
        return response;
    }

    private static boolean answersOlder(NodeCall call, byte[] bytes) {
        return call.api == ApiKeys.API_VERSIONS
                && bytes.length >= 6
                && ByteBuffer.wrap(bytes).getShort(4) == Errors.UNSUPPORTED_VERSION.code();
    }

    private static void skipTaggedFields(RequestReader reader) {
        int fields = reader.readUnsignedVarint();
        for (int i = 0; i < fields; i++) {
            reader.readUnsignedVarint();
            reader.readByteBuffer(reader.readUnsignedVarint());
        }
    }

    /** Does something later, unless the connection is closed by then. */
    void schedule(Runnable action, long delayMs) {
        channel.eventLoop()
                .schedule(
                        () -> {
                            if (channel.isActive()) {
                                action.run();
                            }
                        },
                        delayMs,
                        TimeUnit.MILLISECONDS);
    }

    void establish() {
        established = true;
    }

    /** Whether it came as far as the handshake. */
    boolean isEstablished() {
        return established;
    }

    ArrayDeque<NodeCall> inFlight() {
        return inFlight;
    }

    void close(@Nullable Throwable reason) {
        if (cause == null) {
            cause = reason;
        }
        channel.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable failure) {
        close(failure);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        for (NodeCall call = inFlight.poll(); call != null; call = inFlight.poll()) {
            call.fail(disconnected(cause));
        }
        owner.lost(this, cause);
    }

    private DisconnectException disconnected(@Nullable Throwable reason) {
        String message = "The connection to " + channel.remoteAddress() + " is lost";
        return reason == null
                ? new DisconnectException(message + ".")
                : new DisconnectException(message + ": " + reason.getMessage(), reason);
    }
}
