/**
 * KRaft in the simulated world: real {@link io.milena.raft.RaftNode}s with their real logs, snapshots and quorum-state on simulated disks,
 * talking Kafka's protocol over a simulated network. {@link io.milena.testkit.raft.QuorumSimulation} is where to begin: it draws a plan
 * from the seed, lets the {@link io.milena.testkit.raft.Nemesis} loose, then heals and demands progress. {@link
 * io.milena.testkit.raft.QuorumHistory} knows what must hold.
 */
@NullMarked
package io.milena.testkit.raft;

import org.jspecify.annotations.NullMarked;
