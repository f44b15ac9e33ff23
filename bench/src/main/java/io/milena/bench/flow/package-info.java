/**
 * The order flow as processes: a cluster of ours or of Apache Kafka, the three services on H2 or PostgreSQL, and customers in this JVM. One
 * command kills what it can reach and checks every order afterwards; one row of the bench measures. {@code ProcessKiller} runs on a thread of
 * its own, everything else on the caller's.
 */
@NullMarked
package io.milena.bench.flow;

import org.jspecify.annotations.NullMarked;
