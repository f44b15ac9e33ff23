/**
 * KRaft's driver: gives the pure core in {@code core} its disk, clock and network, and is what other rooms use
 * ({@link io.milena.raft.RaftNode}). One thread, {@code raft-<node id>}, owns the core, the metadata log and the
 * quorum-state file; everything public here only enqueues to it or reads volatile snapshots, except the listeners, which
 * that thread calls. May touch the record log (platform-log), the wire (platform-wire) and the record classes.
 */
@NullMarked
package io.milena.raft;

import org.jspecify.annotations.NullMarked;
