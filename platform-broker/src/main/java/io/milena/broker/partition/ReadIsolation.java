package io.milena.broker.partition;

import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.errors.InvalidRequestException;

/** The isolation level that a reader asks for. */
public final class ReadIsolation {
    private ReadIsolation() {}

    /**
     * Whether only records of transactions that are committed may be seen.
     *
     * @param level as it stands in the request
     * @throws InvalidRequestException there is no such level. Apache Kafka fails inside at it (UNKNOWN_SERVER_ERROR).
     */
    public static boolean isReadCommitted(byte level) {
        if (level != IsolationLevel.READ_UNCOMMITTED.id() && level != IsolationLevel.READ_COMMITTED.id()) {
            throw new InvalidRequestException("There is no isolation level " + level + ", only 0 and 1");
        }
        return level == IsolationLevel.READ_COMMITTED.id();
    }
}
