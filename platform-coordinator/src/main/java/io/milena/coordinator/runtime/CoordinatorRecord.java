package io.milena.coordinator.runtime;

import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;

/**
 * One record of an internal topic: {@code __consumer_offsets}, {@code __transaction_state} or {@code __share_group_state}. In all of
 * them a key is a type and a message, and a value is a version and a message.
 *
 * @param key a generated key class; its api key is the record's type
 * @param value the generated value class, or null for a tombstone
 * @param valueVersion the version that the value is written in
 */
public record CoordinatorRecord(ApiMessage key, @Nullable ApiMessage value, short valueVersion) {

    public static CoordinatorRecord of(ApiMessage key, ApiMessage value, int valueVersion) {
        return new CoordinatorRecord(key, value, (short) valueVersion);
    }

    public static CoordinatorRecord tombstone(ApiMessage key) {
        return new CoordinatorRecord(key, null, (short) -1);
    }
}
