/**
 * Whole clusters in the simulated world: controllers with their real quorum and state machines, brokers with their real data
 * plane, replication and life towards the controller, on simulated disks and talking Kafka's protocol over a simulated network;
 * producers, readers and an operator beside them. {@link io.milena.testkit.cluster.ClusterSimulation} is where to begin: it draws a
 * {@link io.milena.testkit.cluster.ClusterPlan} from the seed, lets the {@link io.milena.testkit.cluster.Trouble} loose, then heals
 * and demands progress. {@link io.milena.testkit.cluster.Ledger} knows what was committed and acknowledged, {@link
 * io.milena.testkit.cluster.Invariants} what must hold after each event.
 */
@NullMarked
package io.milena.testkit.cluster;

import org.jspecify.annotations.NullMarked;
