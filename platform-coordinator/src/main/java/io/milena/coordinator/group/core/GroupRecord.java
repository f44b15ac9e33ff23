package io.milena.coordinator.group.core;

import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;

/**
 * One record of {@code __consumer_offsets}.
 *
 * @param key a generated key class; its api key is the record's type
 * @param value the generated value class, or null for a tombstone
 * @param valueVersion the version that the value is written in
 */
public record GroupRecord(ApiMessage key, @Nullable ApiMessage value, short valueVersion) {

    public static GroupRecord of(ApiMessage key, ApiMessage value, int valueVersion) {
        return new GroupRecord(key, value, (short) valueVersion);
    }

    public static GroupRecord tombstone(ApiMessage key) {
        return new GroupRecord(key, null, (short) -1);
    }
}
