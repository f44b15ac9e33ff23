/**
 * Side by side with Apache Kafka: starts each server as a process of its own on this machine, drives it with the same
 * client from this JVM, and prints medians of alternating runs with their ratio. May start and stop processes and talk to
 * 127.0.0.1; runs on the main thread.
 */
@NullMarked
package io.milena.bench;

import org.jspecify.annotations.NullMarked;
