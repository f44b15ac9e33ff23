package io.milena.log;

import org.apache.kafka.common.KafkaException;

/** A follower was given batches that do not continue its log. */
public final class UnexpectedOffsetException extends KafkaException {
    private static final long serialVersionUID = 1L;
    private final long firstOffset;
    private final long logEndOffset;

    public UnexpectedOffsetException(String message, long firstOffset, long logEndOffset) {
        super(message);
        this.firstOffset = firstOffset;
        this.logEndOffset = logEndOffset;
    }

    /** First offset of the batch that did not fit. */
    public long firstOffset() {
        return firstOffset;
    }

    /** Log end offset at that time. */
    public long logEndOffset() {
        return logEndOffset;
    }
}
