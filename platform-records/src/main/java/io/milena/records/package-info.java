/**
 * What is written in Kafka's internal logs. The sub-packages {@code metadata}, {@code group}, {@code transaction}, {@code raft} and
 * {@code storage} are generated from the schemas Kafka publishes; the few types here are what every room needs to carry
 * such records around. Immutable or plain data only; no threads, no I/O.
 */
@NullMarked
package io.milena.records;

import org.jspecify.annotations.NullMarked;
