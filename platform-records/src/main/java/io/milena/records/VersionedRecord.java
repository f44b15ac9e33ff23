package io.milena.records;

import java.util.Objects;
import org.apache.kafka.common.protocol.ApiMessage;

/**
 * A record of an internal log together with the schema version it is, or will be, written with.
 *
 * @param message the record; treated as immutable once it is in here
 * @param version the schema version, chosen by the finalized feature level, never simply the newest
 */
public record VersionedRecord(ApiMessage message, short version) {
    public VersionedRecord {
        Objects.requireNonNull(message, "message");
    }

    public VersionedRecord(ApiMessage message, int version) {
        this(message, (short) version);
    }
}
