/**
 * The record log in Kafka's own formats: {@link io.milena.log.PartitionLog} is one partition's log,
 * {@link io.milena.log.LogDirectories} is all logs under the configured {@code log.dirs}. It may touch the file system and
 * kafka-clients' record classes, and knows no other room but the generated records. It has no threads of its own: appends
 * run on the caller's thread under the partition's lock, reads are lock-free on immutable snapshots, and retention, flush
 * and checkpoints are plain methods that the owner's scheduler calls.
 */
@NullMarked
package io.milena.log;

import org.jspecify.annotations.NullMarked;
