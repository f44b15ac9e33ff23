/**
 * Chaos on a cluster of real processes: {@link io.milena.testkit.chaos.ChaosRun} strikes nodes in rounds ({@code Fault} × {@code Victim})
 * while idempotent producers and consumer groups work, and checks that nothing acknowledged is lost or doubled, that replicas are equal
 * to the byte and that committed offsets never go back. What clients saw is in {@code Ledger} and {@code CommittedOffsets}, which are plain
 * memory; threads of the load write them, the run's thread judges. May touch only {@code io.milena.testkit.process} and Kafka's clients.
 */
@NullMarked
package io.milena.testkit.chaos;

import org.jspecify.annotations.NullMarked;
