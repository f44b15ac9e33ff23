/**
 * KRaft consensus as a pure function: an event and the time go in, effects come out (KIP-595, KIP-630, KIP-853, KIP-996 and the
 * Raft paper). No thread, socket, file, clock or randomness in here: whoever drives the core performs the effects in
 * order, and persists before it sends. Not thread-safe; one thread at a time.
 */
@NullMarked
package io.milena.raft.core;

import org.jspecify.annotations.NullMarked;
