package io.milena.coordinator.runtime;

import java.nio.ByteBuffer;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.MessageUtil;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of an internal topic. All of them write alike: a key is its record type (int16) and the key at version 0, a value is
 * its version (int16) and the value. Which types there are is the topic's own.
 */
@FunctionalInterface
public interface RecordSerde {

    /**
     * Reads a record.
     *
     * @return null for a record type or a value version that this release does not know
     * @throws RuntimeException when the bytes are not a record of the type that they say they are
     */
    @Nullable
    CoordinatorRecord read(ByteBuffer key, @Nullable ByteBuffer value);

    /** The key's bytes, type first. */
    static byte[] key(CoordinatorRecord record) {
        return MessageUtil.toCoordinatorTypePrefixedBytes(record.key());
    }

    /** The value's bytes, version first; null for a tombstone. */
    static byte @Nullable [] value(CoordinatorRecord record) {
        ApiMessage value = record.value();
        return value == null ? null : MessageUtil.toVersionPrefixedBytes(record.valueVersion(), value);
    }
}
