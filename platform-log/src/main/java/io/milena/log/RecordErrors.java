package io.milena.log;

import java.util.ArrayList;
import java.util.List;

/** The records of one batch that a rule of the topic refuses, all of them, so that the client can send the others again (KIP-467). */
final class RecordErrors {
    /** The answer must not outgrow the request: a megabyte of tiny records could be a hundred of errors. */
    private static final int MOST = 10_000;

    private static final int SHOWN = 3;

    private final List<RecordError> errors = new ArrayList<>();
    private boolean timestamps;

    void add(int batchIndex, String message, boolean timestamp) {
        errors.add(new RecordError(batchIndex, message));
        timestamps |= timestamp;
    }

    /** Whether no more errors are listed. */
    boolean isFull() {
        return errors.size() >= MOST;
    }

    /** The exception that refuses the batch, with Kafka's message. */
    RuntimeException toException() {
        if (timestamps) {
            return new RejectedRecords.InvalidTimestamp(
                    "One or more records have been rejected due to invalid timestamp", errors);
        }
        StringBuilder shown = new StringBuilder();
        for (RecordError error : errors.subList(0, Math.min(SHOWN, errors.size()))) {
            shown.append(shown.isEmpty() ? "" : ", ")
                    .append("RecordError(batchIndex=")
                    .append(error.batchIndex())
                    .append(", message='")
                    .append(error.message())
                    .append("')");
        }
        return new RejectedRecords.Invalid(
                "One or more records have been rejected due to " + errors.size()
                        + " record errors in total, and only showing the first three errors at most: [" + shown + "]",
                errors);
    }
}
