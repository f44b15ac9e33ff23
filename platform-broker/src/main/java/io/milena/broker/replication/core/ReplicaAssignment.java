package io.milena.broker.replication.core;

import java.util.List;

/**
 * What the metadata image says of a partition, as far as its replicas care.
 *
 * @param leader the leading broker, -1 if none
 * @param leaderEpoch rises with each election
 * @param partitionEpoch rises with each change
 * @param replicas all replicas
 * @param isr those in sync
 */
public record ReplicaAssignment(
        int leader, int leaderEpoch, int partitionEpoch, List<Integer> replicas, List<Integer> isr) {}
