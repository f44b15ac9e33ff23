package io.milena.coordinator.runtime;

import org.apache.kafka.common.record.internal.CompressionType;

/**
 * How a coordinator runs and writes.
 *
 * @param threads that run shards; a partition always has the same one
 * @param writeTimeoutMs how long an answer waits for its records to be committed
 * @param maxBatchBytes records of several requests are put into one batch up to this size; a larger write is refused
 */
public record RuntimeConfig(int threads, int writeTimeoutMs, CompressionType compression, int maxBatchBytes) {}
