/**
 * Clusters of real processes on this machine, ways to hurt them, and what must hold all the same. {@link
 * io.milena.testkit.process.ProcessCluster} formats, starts, kills, pauses and stops nodes, of Milena or of Apache Kafka 4.3.1 ({@link
 * io.milena.testkit.process.Engine}, one per node if wanted); {@link io.milena.testkit.process.Network} cuts and resets the connections of
 * a node; {@code io.milena.testkit.chaos} puts load and checks on top. For tests and for {@code bin/cluster} and {@code bin/chaos}: no
 * server depends on this room, and it knows the servers only as programs to start. The caller's thread does everything, but for
 * the network's one thread.
 */
@NullMarked
package io.milena.testkit.process;

import org.jspecify.annotations.NullMarked;
