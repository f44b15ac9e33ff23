package io.milena.log;

/**
 * Why one record of a batch was refused (KIP-467).
 *
 * @param batchIndex index of the record in the batch
 * @param message what is wrong with it
 */
public record RecordError(int batchIndex, String message) {}
