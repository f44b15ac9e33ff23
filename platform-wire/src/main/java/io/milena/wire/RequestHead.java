package io.milena.wire;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** The request header at the beginning of a frame, read in place. One object serves all requests of a connection. */
final class RequestHead {

    private static final int FIXED_BYTES = 8;

    private short apiKey;
    private short version;
    private int correlationId;
    private String clientId = "";
    private byte[] clientIdBytes = new byte[0];

    /** Reads the part that is the same in all header versions, by which the rest is known. */
    void readFixed(ByteBuf frame) {
        if (frame.readableBytes() < FIXED_BYTES) {
            throw new RefusedException(
                    "a frame of " + frame.readableBytes() + " bytes is too short for a request header");
        }
        apiKey = frame.readShort();
        version = frame.readShort();
        correlationId = frame.readInt();
    }

    /** Reads the client id and, in flexible versions, skips the tagged fields. */
    void readRest(ByteBuf frame, short headerVersion) {
        readClientId(frame);
        if (headerVersion >= 2) {
            skipTaggedFields(frame);
        }
    }

    short apiKey() {
        return apiKey;
    }

    short version() {
        return version;
    }

    int correlationId() {
        return correlationId;
    }

    /** Empty if the client sent none. */
    String clientId() {
        return clientId;
    }

    /** A client does not change its id, so the string of the request before serves again. */
    private void readClientId(ByteBuf frame) {
        int length = require(frame, 2).readShort();
        if (length < 0) {
            remember(new byte[0]);
            return;
        }
        require(frame, length);
        if (isRemembered(frame, length)) {
            frame.skipBytes(length);
            return;
        }
        byte[] bytes = new byte[length];
        frame.readBytes(bytes);
        remember(bytes);
    }

    private boolean isRemembered(ByteBuf frame, int length) {
        if (length != clientIdBytes.length) {
            return false;
        }
        int start = frame.readerIndex();
        for (int i = 0; i < length; i++) {
            if (frame.getByte(start + i) != clientIdBytes[i]) {
                return false;
            }
        }
        return true;
    }

    private void remember(byte[] bytes) {
        clientIdBytes = bytes;
        clientId = new String(bytes, StandardCharsets.UTF_8);
    }

    private static void skipTaggedFields(ByteBuf frame) {
        int fields = readUnsignedVarint(frame);
        if (fields < 0 || fields > RequestReader.MAX_TAGGED_FIELDS) {
            throw new RefusedException("the request header announces " + fields + " tagged fields");
        }
        for (int i = 0; i < fields; i++) {
            readUnsignedVarint(frame);
            int size = readUnsignedVarint(frame);
            require(frame, size).skipBytes(size);
        }
    }

    static int readUnsignedVarint(ByteBuf frame) {
        int value = 0;
        for (int shift = 0; shift < 35; shift += 7) {
            int b = require(frame, 1).readByte();
            value |= (b & 0x7f) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw new RefusedException("the request header holds a number of more than five bytes");
    }

    private static ByteBuf require(ByteBuf frame, int bytes) {
        if (bytes < 0 || frame.readableBytes() < bytes) {
            throw new RefusedException("the request header is cut off");
        }
        return frame;
    }
}
