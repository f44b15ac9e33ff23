package io.milena.coordinator.group.core;

import io.milena.coordinator.runtime.CoordinatorRecord;
import io.milena.records.group.CoordinatorRecordType;
import java.nio.ByteBuffer;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.jspecify.annotations.Nullable;

/** The record types of {@code __consumer_offsets}. Legacy offset keys of type 0 read like those of type 1. */
public final class GroupRecordSerde {

    private GroupRecordSerde() {}

    /**
     * Reads a record.
     *
     * @return null for a record type or a value version that this release does not know
     * @throws RuntimeException when the bytes are not a record of the type that they say they are
     */
    public static @Nullable CoordinatorRecord read(ByteBuffer key, @Nullable ByteBuffer value) {
        CoordinatorRecordType type;
        try {
            type = CoordinatorRecordType.fromId(key.getShort());
        } catch (UnsupportedVersionException e) {
            return null;
        }
        ApiMessage keyMessage = type.newRecordKey();
        keyMessage.read(new ByteBufferAccessor(key), (short) 0);
        if (value == null) {
            return CoordinatorRecord.tombstone(keyMessage);
        }
        short version = value.getShort();
        ApiMessage valueMessage = type.newRecordValue();
        if (version < valueMessage.lowestSupportedVersion() || version > valueMessage.highestSupportedVersion()) {
            return null;
        }
        valueMessage.read(new ByteBufferAccessor(value), version);
        return new CoordinatorRecord(keyMessage, valueMessage, version);
    }
}
