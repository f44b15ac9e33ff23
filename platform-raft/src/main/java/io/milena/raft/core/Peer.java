package io.milena.raft.core;

/**
 * Somebody to dial.
 *
 * @param id node id, or a negative number for a bootstrap server whose id is not known
 * @param address where
 */
public record Peer(int id, HostPort address) {}
