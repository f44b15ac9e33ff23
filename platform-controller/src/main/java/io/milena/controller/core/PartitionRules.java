package io.milena.controller.core;

/**
 * What decides about a partition's leader besides its own state.
 *
 * @param minIsr effective {@code min.insync.replicas} of the topic
 * @param uncleanElection effective {@code unclean.leader.election.enable} of the topic
 * @param elrEnabled whether {@code eligible.leader.replicas.version} is finalized at 1 or above (KIP-966)
 * @param recoversLastLeader KIP-966's balanced recovery: with nobody eligible left the last leader is elected when it returns
 */
record PartitionRules(int minIsr, boolean uncleanElection, boolean elrEnabled, boolean recoversLastLeader) {}
