package io.milena.log;

import java.util.List;

/**
 * Carried by the exceptions of a refused batch whose single records are at fault (KIP-467); the exception itself maps to
 * INVALID_RECORD or INVALID_TIMESTAMP.
 */
public interface RejectedRecords {
    /** The records at fault; never empty. */
    List<RecordError> recordErrors();

    /** INVALID_RECORD with the records at fault. */
    final class Invalid extends org.apache.kafka.common.InvalidRecordException implements RejectedRecords {
        private static final long serialVersionUID = 1L;
        private final transient List<RecordError> errors;

        Invalid(String message, List<RecordError> errors) {
            super(message);
            this.errors = List.copyOf(errors);
        }

        @Override
        public List<RecordError> recordErrors() {
            return errors;
        }
    }

    /** INVALID_TIMESTAMP with the records at fault. */
    final class InvalidTimestamp extends org.apache.kafka.common.errors.InvalidTimestampException
            implements RejectedRecords {
        private static final long serialVersionUID = 1L;
        private final transient List<RecordError> errors;

        InvalidTimestamp(String message, List<RecordError> errors) {
            super(message);
            this.errors = List.copyOf(errors);
        }

        @Override
        public List<RecordError> recordErrors() {
            return errors;
        }
    }
}
