package io.milena.coordinator.runtime;

import org.apache.kafka.common.record.internal.CompressionType;

/**
 * How a coordinator runs and writes.
 *
 * @param threads that run shards; a partition always has the same one
 * @param writeTimeoutMs how long an answer waits for its records to be committed
 */
public record RuntimeConfig(int threads, int writeTimeoutMs, CompressionType compression) {}
