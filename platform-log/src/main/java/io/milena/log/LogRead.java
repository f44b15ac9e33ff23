package io.milena.log;

/**
 * Result of a read.
 *
 * @param records the bytes, starting with the batch that holds the offset asked for; the receiver must
 *     {@link LogSlice#release()} it once
 * @param start where the read began
 * @param logStartOffset log start offset at the time of the read
 * @param logEndOffset log end offset at the time of the read
 */
public record LogRead(LogSlice records, LogOffsetMetadata start, long logStartOffset, long logEndOffset) {}
