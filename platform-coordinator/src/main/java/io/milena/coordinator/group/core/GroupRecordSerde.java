package io.milena.coordinator.group.core;

import io.milena.records.group.CoordinatorRecordType;
import java.nio.ByteBuffer;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of {@code __consumer_offsets}: a key is its record type (int16) and the key at version 0, a value is its version
 * (int16) and the value. Legacy offset keys of type 0 read like those of type 1.
 */
public final class GroupRecordSerde {

    private GroupRecordSerde() {}

    /** The key's bytes, type first. */
    public static byte[] key(GroupRecord record) {
        return MessageUtil.toCoordinatorTypePrefixedBytes(record.key());
    }

    /** The value's bytes, version first; null for a tombstone. */
    public static byte @Nullable [] value(GroupRecord record) {
        ApiMessage value = record.value();
        return value == null ? null : MessageUtil.toVersionPrefixedBytes(record.valueVersion(), value);
    }

    /**
     * Reads a record.
     *
     * @return null for a record type or a value version that this release does not know
     * @throws RuntimeException when the bytes are not a record of the type that they say they are
     */
    public static @Nullable GroupRecord read(ByteBuffer key, @Nullable ByteBuffer value) {
        CoordinatorRecordType type;
        try {
            type = CoordinatorRecordType.fromId(key.getShort());
        } catch (UnsupportedVersionException e) {
            return null;
        }
        ApiMessage keyMessage = type.newRecordKey();
        keyMessage.read(new ByteBufferAccessor(key), (short) 0);
        if (value == null) {
            return GroupRecord.tombstone(keyMessage);
        }
        short version = value.getShort();
        ApiMessage valueMessage = type.newRecordValue();
        if (version < valueMessage.lowestSupportedVersion() || version > valueMessage.highestSupportedVersion()) {
            return null;
        }
        valueMessage.read(new ByteBufferAccessor(value), version);
        return new GroupRecord(keyMessage, valueMessage, version);
    }
}
