package io.milena.broker.replication.core;

import java.util.List;
import java.util.Map;

/**
 * In-sync replicas that a leader asks the controller for.
 *
 * @param leaderEpoch in which it asks
 * @param partitionEpoch the registration that is to be changed
 * @param isr the wanted in-sync replicas
 * @param brokerEpochs of the members as their fetches told; -1 where unknown (KIP-903)
 */
public record IsrProposal(int leaderEpoch, int partitionEpoch, List<Integer> isr, Map<Integer, Long> brokerEpochs) {}
