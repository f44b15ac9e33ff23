package io.milena.controller.core;

import io.milena.records.VersionedRecord;
import java.util.List;

/**
 * What a state machine decided: records to append as one atomic batch, and the answer to give once they are committed.
 * Nothing has happened yet; a decision that is dropped leaves no trace.
 *
 * @param records to append in order; empty when nothing changes
 * @param response the answer
 */
public record Decision<R>(List<VersionedRecord> records, R response) {
    /** An answer without any change. */
    public static <R> Decision<R> unchanged(R response) {
        return new Decision<>(List.of(), response);
    }
}
