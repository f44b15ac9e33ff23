package io.milena.log;

/**
 * One aborted transaction as a read_committed consumer must be told of it (KIP-98).
 *
 * @param producerId the producer
 * @param firstOffset first offset of the transaction in this partition
 * @param lastOffset offset of the abort marker
 * @param lastStableOffset last stable offset of the partition right after the abort
 */
public record AbortedTransaction(long producerId, long firstOffset, long lastOffset, long lastStableOffset) {}
