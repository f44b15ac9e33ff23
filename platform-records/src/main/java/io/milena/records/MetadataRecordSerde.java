package io.milena.records;

import io.milena.records.metadata.MetadataRecordType;
import java.nio.ByteBuffer;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.ObjectSerializationCache;

/**
 * The frame of a record's value in the metadata log (KIP-631): unsigned varint frame version 1, unsigned varint api key,
 * unsigned varint schema version, then the body. Stateless and thread-safe.
 */
public final class MetadataRecordSerde {
    private static final int FRAME_VERSION = 1;

    private MetadataRecordSerde() {}

    /** The value bytes of {@code record}, position 0, limit at the end. */
    public static ByteBuffer write(VersionedRecord record) {
        ApiMessage message = record.message();
        ObjectSerializationCache cache = new ObjectSerializationCache();
        int bodySize = message.size(cache, record.version());
        ByteBuffer buffer = ByteBuffer.allocate(bodySize + 11);
        ByteBufferAccessor out = new ByteBufferAccessor(buffer);
        out.writeUnsignedVarint(FRAME_VERSION);
        out.writeUnsignedVarint(message.apiKey());
        out.writeUnsignedVarint(record.version());
        message.write(out, cache, record.version());
        buffer.flip();
        return buffer;
    }

    /**
     * Reads one record from {@code value}, which must hold nothing else.
     *
     * @throws SerializationException if the frame, the key or the version is unknown, or bytes are left over
     */
    public static VersionedRecord read(ByteBuffer value) {
        ByteBufferAccessor in = new ByteBufferAccessor(value);
        int frame = in.readUnsignedVarint();
        if (frame != FRAME_VERSION) {
            throw new SerializationException(
                    "Metadata record has frame version " + frame + ", expected " + FRAME_VERSION);
        }
        short apiKey = shortOf(in.readUnsignedVarint(), "api key");
        short version = shortOf(in.readUnsignedVarint(), "version");
        ApiMessage message = MetadataRecordType.fromId(apiKey).newMetadataRecord();
        if (version < message.lowestSupportedVersion() || version > message.highestSupportedVersion()) {
            throw new SerializationException(
                    "Metadata record " + message.getClass().getSimpleName() + " has version "
                            + version + ", known are " + message.lowestSupportedVersion() + " to "
                            + message.highestSupportedVersion());
        }
        message.read(in, version);
        if (value.hasRemaining()) {
            throw new SerializationException(
                    "Metadata record " + message.getClass().getSimpleName() + " version " + version + " has "
                            + value.remaining() + " bytes after its end");
        }
        return new VersionedRecord(message, version);
    }

    private static short shortOf(int value, String what) {
        if (value < 0 || value > Short.MAX_VALUE) {
            throw new SerializationException("Metadata record has an impossible " + what + ": " + value);
        }
        return (short) value;
    }
}
