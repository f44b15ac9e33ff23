package io.milena.controller.core;

import io.milena.records.VersionedRecord;
import java.util.List;

/**
 * What a state machine decided: records to append, and the answer to give once they are committed. Nothing has happened yet; a
 * decision that is dropped leaves no trace.
 *
 * <p>The records of an atomic decision become one batch of the metadata log, or none. Others are cut into batches of bounded size:
 * what a broker's coming and going does to its partitions knows no bound, and each prefix of it is a state that the next controller
 * can go on from. Such records may be made only as they are taken, on the state that the batches before them left.
 *
 * @param records in order; taken once, while nothing else changes the state
 * @param atomic whether they must be in one batch
 * @param response the answer
 */
public record Decision<R>(Iterable<VersionedRecord> records, boolean atomic, R response) {
    /** All of the records, or none of them. */
    public static <R> Decision<R> atomic(List<VersionedRecord> records, R response) {
        return new Decision<>(records, true, response);
    }

    /** Records that may be cut into batches between any two of them. */
    public static <R> Decision<R> divisible(Iterable<VersionedRecord> records, R response) {
        return new Decision<>(records, false, response);
    }

    /** An answer without any change. */
    public static <R> Decision<R> unchanged(R response) {
        return new Decision<>(List.of(), true, response);
    }
}
